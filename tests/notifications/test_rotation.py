"""A new encryption key, a lost one, and the ways back."""

import io
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from audit.models import Entry
from notifications import delivery_test, rotation
from notifications.models import DeliveryTest
from notifications.servers import NotReady, server_of
from settings_app import sealing
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
PASSWORD = "Sealed-9-here"
PAGE = "/administration/authentication/smtp-settings/"


@pytest.fixture
def sealed(settings: LazySettings) -> SMTPSettings:
    """Settings whose password was sealed with the old key."""
    settings.SMTP_ENCRYPTION_KEYS = [OLD]
    saved = SMTPSettings(server_address="mail.corp.example", port=587, username="portal@corp.example")
    saved.set_password(PASSWORD)
    saved.save()
    return saved


def rotate() -> str:
    out = io.StringIO()
    call_command("rotate_encryption_key", stdout=out)
    return out.getvalue()


def test_rotation_seals_everything_with_the_newest_key(sealed: SMTPSettings, settings: LazySettings) -> None:
    test = DeliveryTest.objects.create(
        created_at=sealed.updated_at, recipient="a@b.example", password_sealed=sealed.password_sealed
    )
    settings.SMTP_ENCRYPTION_KEYS = [NEW, OLD]
    assert rotate() == (
        "Sealed anew with the newest key: 2. Already so: 0.\n"
        "The older keys are no longer needed: take them out of SMTP_ENCRYPTION_KEYS.\n"
    )
    settings.SMTP_ENCRYPTION_KEYS = [NEW]
    assert SMTPSettings.load().get_password() == PASSWORD
    test.refresh_from_db()
    assert SMTPSettings(**sealed_fields(sealed), password_sealed=test.password_sealed).get_password() == PASSWORD


def sealed_fields(saved: SMTPSettings) -> dict[str, object]:
    return {name: getattr(saved, name) for name in SMTPSettings.FIELDS}


def test_rotation_changes_the_token_alone_and_is_in_the_audit_trail(
    sealed: SMTPSettings, settings: LazySettings
) -> None:
    settings.SMTP_ENCRYPTION_KEYS = [NEW, OLD]
    rotate()
    after = SMTPSettings.load()
    assert (after.version, after.updated_at) == (sealed.version, sealed.updated_at)
    assert sealed_fields(after) == sealed_fields(sealed)
    entry = Entry.objects.get(action="encryption_key.rotated")
    assert (entry.actor_name, entry.target) == ("system", "mail.corp.example:587")
    assert entry.changes == {"password_sealed": "changed"}


def test_rotation_again_has_nothing_to_do(sealed: SMTPSettings, settings: LazySettings) -> None:
    settings.SMTP_ENCRYPTION_KEYS = [NEW, OLD]
    rotate()
    token = SMTPSettings.load().password_sealed
    assert rotate().startswith("Sealed anew with the newest key: 0. Already so: 1.")
    assert SMTPSettings.load().password_sealed == token
    assert Entry.objects.filter(action="encryption_key.rotated").count() == 1


def test_rotation_that_was_cut_off_is_taken_up(
    sealed: SMTPSettings, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        DeliveryTest.objects.create(
            created_at=sealed.updated_at, recipient=f"{number}@b.example", password_sealed=sealed.password_sealed
        )
    settings.SMTP_ENCRYPTION_KEYS = [NEW, OLD]
    done = []

    def dies_at_the_third(token: str, *, keys: list[str]) -> str | None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(token)
        return reseal(token, keys=keys)

    reseal = sealing.reseal
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sealing, "reseal", dies_at_the_third)
        rotation.rotate()
    rest = rotation.rotate()
    assert (rest.already, rest.resealed, rest.lost) == (2, 2, [])


def test_readers_with_both_keys_read_before_and_after(sealed: SMTPSettings, settings: LazySettings) -> None:
    held = SMTPSettings.load()  # read before the rotation, used after it
    settings.SMTP_ENCRYPTION_KEYS = [NEW, OLD]
    rotate()
    settings.SMTP_ENCRYPTION_KEYS = [OLD, NEW]  # another process, where the new key came second
    assert held.get_password() == PASSWORD
    assert SMTPSettings.load().get_password() == PASSWORD


def test_a_password_saved_meanwhile_is_not_put_back(
    sealed: SMTPSettings, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMTP_ENCRYPTION_KEYS = [NEW, OLD]
    reseal, saves = sealing.reseal, iter([True, False])

    def somebody_saves(token: str, *, keys: list[str]) -> str | None:
        if next(saves, False):
            mine = SMTPSettings.load()
            mine.set_password("Another-7-one")
            mine.save()
        return reseal(token, keys=keys)

    monkeypatch.setattr(sealing, "reseal", somebody_saves)
    rotate()
    assert SMTPSettings.load().get_password() == "Another-7-one"


# The key is gone


def test_rotation_names_what_no_key_opens(sealed: SMTPSettings, settings: LazySettings) -> None:
    settings.SMTP_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError) as refused:
        rotate()
    assert refused.value.returncode == 1
    assert "SMTP settings: mail.corp.example:587" in str(refused.value)
    assert "enter the password again" in str(refused.value)
    assert SMTPSettings.load().password_sealed == sealed.password_sealed


def test_rotation_without_any_key_says_so(settings: LazySettings) -> None:
    settings.SMTP_ENCRYPTION_KEYS = []
    with pytest.raises(CommandError, match="SMTP_ENCRYPTION_KEYS is not set"):
        rotate()


@pytest.mark.parametrize("keys", [[NEW], []])
def test_lost_key_is_a_cause_and_no_crash(sealed: SMTPSettings, settings: LazySettings, keys: list[str]) -> None:
    settings.SMTP_ENCRYPTION_KEYS = keys
    with pytest.raises(NotReady) as fault:
        server_of(SMTPSettings.load())
    assert fault.value.diagnosis.cause == "settings.undecryptable"
    report = delivery_test.probe_settings(SMTPSettings.load(), "a@corp.example")
    assert report.as_json()["cause"] == "settings.undecryptable"


def test_lost_key_has_a_way_back_on_the_page(
    sealed: SMTPSettings, settings: LazySettings, client: Client, administrator: User
) -> None:
    settings.SMTP_ENCRYPTION_KEYS = [NEW]
    client.force_login(administrator)
    assert "can no longer be decrypted: its key is gone" in client.get(PAGE).content.decode()
    values = {"server_address": "mail.corp.example", "use_tls": "on", "port": "587", "authentication": "on",
              "username": "portal@corp.example"}  # fmt: skip
    kept = client.post(PAGE, values)
    assert "can no longer be decrypted" in str(kept.context["form"].errors["password"])
    again = client.post(PAGE, values | {"password": PASSWORD, "confirm_password": PASSWORD})
    assert again.status_code == 302
    assert SMTPSettings.load().get_password() == PASSWORD


def test_lost_key_has_a_way_back_by_the_command(
    sealed: SMTPSettings, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMTP_ENCRYPTION_KEYS = [NEW]
    call_command("configure_smtp", "--show", stdout=io.StringIO())
    with pytest.raises(CommandError, match=r"Password: .*can no longer be decrypted"):
        call_command("configure_smtp", "--from-name=NOC", stderr=io.StringIO())
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("configure_smtp", "--password-stdin", stdout=io.StringIO())
    assert SMTPSettings.load().get_password() == PASSWORD


def test_password_without_any_key_to_seal_it_is_refused_in_a_sentence(
    settings: LazySettings, client: Client, administrator: User
) -> None:
    settings.SMTP_ENCRYPTION_KEYS = []
    client.force_login(administrator)
    values = {"server_address": "mail.corp.example", "use_tls": "on", "authentication": "on", "username": "portal",
              "from_email": "noc@corp.example", "password": PASSWORD, "confirm_password": PASSWORD}  # fmt: skip
    response = client.post(PAGE, values)
    assert response.status_code == 200
    assert "SMTP_ENCRYPTION_KEYS is not set" in str(response.context["form"].errors["password"])
    assert not SMTPSettings.load().configured


def test_settings_without_authentication_need_no_key(settings: LazySettings) -> None:
    settings.SMTP_ENCRYPTION_KEYS = []
    save_settings(2525)
    assert server_of(SMTPSettings.load()).port == 2525
