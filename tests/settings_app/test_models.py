import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from settings_app import sealing
from settings_app.models import SMTPSettings
from settings_app.signals import settings_saved
from tests.settings_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_settings_before_the_first_save_are_the_defaults() -> None:
    settings = SMTPSettings.load()
    assert (settings.configured, settings.use_tls, settings.port, settings.authentication) == (False, True, 587, True)


def test_settings_are_one_row_that_the_database_keeps_single(saved: SMTPSettings) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO settings_app_smtpsettings (id, server_address, use_tls, port, authentication, username,"
            " password_sealed, provider_secret, from_name, from_email, tls_mode, ca_certificate, ehlo_name, timeout,"
            " version, updated_at, updated_by)"
            " SELECT 2, server_address, use_tls, port, authentication, username, password_sealed, provider_secret,"
            " from_name, from_email, tls_mode, ca_certificate, ehlo_name, timeout, version, updated_at, updated_by"
            " FROM settings_app_smtpsettings"
        )
    SMTPSettings(server_address="other.example", port=25, authentication=False).save()
    assert [(row.pk, row.server_address) for row in SMTPSettings.objects.all()] == [(1, "other.example")]


def test_password_is_stored_encrypted_and_opens_again(saved: SMTPSettings) -> None:
    stored = SMTPSettings.load()
    assert stored.get_password() == PASSWORD
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM settings_app_smtpsettings")
        assert PASSWORD not in repr(cursor.fetchall())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("server_address", "evil.example"),
        ("port", 588),
        ("use_tls", False),
        ("tls_mode", "implicit"),
        ("username", "other"),
    ],
)
def test_password_does_not_open_after_a_hand_in_the_database(saved: SMTPSettings, column: str, value: object) -> None:
    SMTPSettings.objects.filter(pk=1).update(**{column: value})
    with pytest.raises(sealing.DestinationChanged):
        SMTPSettings.load().get_password()
    assert "Enter the password again" in SMTPSettings.load().password_fault()


def test_password_does_not_open_for_another_ca_certificate(saved: SMTPSettings, ca_pem: str) -> None:
    SMTPSettings.objects.filter(pk=1).update(ca_certificate=ca_pem)
    with pytest.raises(sealing.DestinationChanged):
        SMTPSettings.load().get_password()


def test_password_survives_what_does_not_change_its_destination(saved: SMTPSettings) -> None:
    saved.server_address, saved.from_name, saved.timeout = "MAIL.corp.example", "Other", 5
    saved.save()
    assert SMTPSettings.load().get_password() == PASSWORD


def test_password_whose_key_is_lost_is_told(saved: SMTPSettings, settings) -> None:
    settings.SMTP_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    with pytest.raises(sealing.Undecryptable):
        SMTPSettings.load().get_password()
    assert "its key is gone" in SMTPSettings.load().password_fault()


def test_password_set_before_the_port_is_sealed_to_the_default_port() -> None:
    settings = SMTPSettings(server_address="mail.corp.example", username="portal")
    settings.set_password(PASSWORD)
    settings.save()
    assert (SMTPSettings.load().port, SMTPSettings.load().get_password()) == (587, PASSWORD)


@pytest.mark.parametrize(("password", "issued", "kept"), [("abcdefgh", False, False), ("abcdefgh", True, True)])
def test_model_keeps_the_rule_of_the_password(saved: SMTPSettings, password: str, issued: bool, kept: bool) -> None:
    saved.provider_secret = issued
    saved.set_password(password)
    if kept:
        saved.full_clean()
    else:
        with pytest.raises(ValidationError, match="missing an uppercase letter, a number and a special character"):
            saved.full_clean()


def test_authentication_off_deletes_the_password(saved: SMTPSettings) -> None:
    saved.authentication = False
    saved.save()
    assert SMTPSettings.load().password_sealed == ""


@pytest.mark.parametrize(
    ("use_tls", "mode", "port", "effective"),
    [
        (False, "implicit", 465, "none"),
        (True, "auto", 465, "implicit"),
        (True, "auto", 587, "starttls"),
        (True, "auto", 2465, "starttls"),
        (True, "starttls", 465, "starttls"),
        (True, "implicit", 587, "implicit"),
    ],
)
def test_tls_mode_follows_the_port_unless_it_was_chosen(use_tls: bool, mode: str, port: int, effective: str) -> None:
    assert SMTPSettings(use_tls=use_tls, tls_mode=mode, port=port).effective_tls_mode == effective


def test_port_left_empty_is_the_default_of_the_switch() -> None:
    for use_tls, port in ((True, 587), (False, 25)):
        settings = SMTPSettings(server_address="h", use_tls=use_tls, port=None, authentication=False)
        settings.clean_fields()
        assert settings.port == port


@pytest.mark.parametrize(
    ("from_email", "authentication", "username", "sender"),
    [
        ("noc@corp.example", True, "portal@corp.example", "noc@corp.example"),
        ("", True, "portal@corp.example", "portal@corp.example"),
        ("", True, "portal", "no-reply@portal.example"),
        ("", False, "portal@corp.example", "no-reply@portal.example"),
    ],
)
def test_sender_is_the_first_address_there_is(
    settings, from_email: str, authentication: bool, username: str, sender: str
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Portal <no-reply@portal.example>"
    assert SMTPSettings(from_email=from_email, authentication=authentication, username=username).sender == sender


def test_save_counts_the_version_and_writes_the_audit_trail(saved: SMTPSettings) -> None:
    assert (saved.version, saved.configured) == (1, True)
    first = Entry.objects.get()
    assert first.action == "smtp_settings.saved"
    assert first.changes["server_address"] == [None, "mail.corp.example"]
    assert first.changes["password"] == "changed"
    saved.port = 25
    saved.set_password("Another-1-pass")
    saved.save()
    latest = Entry.objects.first()
    assert latest.changes == {"port": [587, 25], "password": "changed"}
    assert "Another-1-pass" not in repr(list(Entry.objects.values()))
    assert SMTPSettings.load().version == 2


def test_save_tells_who_listens_in_its_transaction(saved: SMTPSettings) -> None:
    def refuse(**_: object) -> None:
        raise RuntimeError

    settings_saved.connect(refuse)
    try:
        saved.port = 26
        with pytest.raises(RuntimeError):
            saved.save()
    finally:
        settings_saved.disconnect(refuse)
    assert (SMTPSettings.load().port, Entry.objects.count()) == (587, 1)


def test_warning_of_a_password_in_clear() -> None:
    assert SMTPSettings(use_tls=True).warnings == SMTPSettings(use_tls=False, authentication=False).warnings == []
    assert "travels to the server in clear" in SMTPSettings(use_tls=False).warnings[0]


def test_sealed_password_is_in_no_representation(saved: SMTPSettings) -> None:
    assert PASSWORD not in f"{saved!r} {saved} {vars(saved)}"
