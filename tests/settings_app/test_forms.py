import pytest

from settings_app.forms import SMTPSettingsForm
from settings_app.models import SMTPSettings
from tests.servers.certificates import AUTHORITY_PEM
from tests.settings_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def errors_of(values: dict[str, object], **changes: object) -> dict[str, list[str]]:
    form = SMTPSettingsForm({name: value for name, value in (values | changes).items() if value is not None})
    form.is_valid()
    return dict(form.errors)


def test_form_with_everything_right_saves(values: dict[str, object]) -> None:
    form = SMTPSettingsForm(values)
    assert form.errors == {}
    form.save()
    stored = SMTPSettings.load()
    assert stored.get_password() == PASSWORD
    assert (stored.server_address, stored.use_tls, stored.port) == ("mail.corp.example", True, 587)


def test_form_labels_are_those_of_the_printed_instructions() -> None:
    labels = {name: str(field.label) for name, field in SMTPSettingsForm().fields.items()}
    labels.pop("version")
    assert labels == {
        "server_address": "Server Address",
        "use_tls": "TLS",
        "port": "Port Number",
        "authentication": "SMTP Authentication",
        "username": "User Name",
        "password": "Password",
        "confirm_password": "Confirm Password",
        "provider_secret": "Issued by the provider",
        "from_name": "From Name",
        "from_email": "From E-Mail Address",
        "tls_mode": "TLS mode",
        "ca_certificate": "CA Certificate",
        "ehlo_name": "EHLO Name",
        "timeout": "Timeout",
        "connections": "Connections",
        "messages_per_minute": "Messages a Minute",
    }


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"server_address": ""}, "server_address", "Enter the name or the IP address"),
        ({"server_address": "smtp://x:25"}, "server_address", "put the port in Port Number"),
        ({"server_address": "a" * 300}, "server_address", "300 characters; 253 are the most"),
        ({"port": "0"}, "port", "0 is not a port"),
        ({"port": "99999"}, "port", "99999 is not a port"),
        ({"port": "smtp"}, "port", "This is not a port"),
        ({"port": "9" * 5000}, "port", "This is not a port"),
        ({"username": ""}, "username", "Enter the name to sign in with"),
        ({"password": "", "confirm_password": ""}, "password", "Enter the password"),
        ({"password": "short", "confirm_password": "short"}, "password", "has 5 characters"),
        ({"confirm_password": "Other-1-pass"}, "confirm_password", "not equal to Password"),
        ({"confirm_password": ""}, "confirm_password", "not equal to Password"),
        ({"from_email": "noc"}, "from_email", "“noc” is not an e-mail address"),
        ({"from_name": "A\r\nBcc: x@example.com"}, "from_name", "invisible character"),
        ({"tls_mode": "ssl3"}, "tls_mode", "Select a valid choice"),
        ({"ca_certificate": "x"}, "ca_certificate", "PEM form"),
        ({"ehlo_name": "a b"}, "ehlo_name", "contains a space"),
        ({"timeout": "0"}, "timeout", "0 seconds is not possible"),
        ({"timeout": "soon"}, "timeout", "This is not a time"),
        ({"connections": "0"}, "connections", "0 connections are not possible"),
        ({"connections": "51"}, "connections", "51 connections are not possible"),
        ({"messages_per_minute": "-1"}, "messages_per_minute", "-1 messages a minute are not possible"),
        ({"messages_per_minute": "many"}, "messages_per_minute", "This is not a number of messages"),
        ({"authentication": None, "from_name": ""}, "from_name", "required without SMTP Authentication"),
        ({"authentication": None, "from_email": ""}, "from_email", "required without SMTP Authentication"),
        ({"authentication": None, "from_email": "a.b@x.example"}, "from_email", "letters, digits and hyphens"),
        ({"authentication": None, "from_email": "a" * 36 + "@x.example"}, "from_email", "36 characters"),
    ],
)
def test_form_with_one_fault_has_one_sentence(
    values: dict[str, object], changes: dict[str, object], field: str, words: str
) -> None:
    errors = errors_of(values, **changes)
    assert list(errors) == [field]
    assert len(errors[field]) == 1
    assert words in errors[field][0]


@pytest.mark.parametrize(("use_tls", "port"), [("on", 587), (None, 25)])
def test_port_left_empty_is_the_default_of_the_switch(
    values: dict[str, object], use_tls: str | None, port: int
) -> None:
    form = SMTPSettingsForm(values | {"use_tls": use_tls, "port": ""})
    assert form.is_valid(), form.errors
    assert form.save().port == port
    assert SMTPSettings.load().get_password() == PASSWORD


@pytest.mark.parametrize(("use_tls", "port"), [("on", "25"), (None, "587"), (None, "465")])
def test_port_that_was_sent_is_never_changed(values: dict[str, object], use_tls: str | None, port: str) -> None:
    form = SMTPSettingsForm(values | {"use_tls": use_tls, "port": port})
    assert form.is_valid(), form.errors
    assert form.save().port == int(port)


def test_authentication_off_needs_neither_user_nor_password(open_values: dict[str, object]) -> None:
    assert errors_of(open_values) == {}


def test_authentication_on_may_leave_the_sender_empty(values: dict[str, object]) -> None:
    assert errors_of(values, from_name="", from_email="", username="portal") == {}


def test_password_of_a_provider_follows_its_own_rule(values: dict[str, object]) -> None:
    issued = {"password": "abcdefghijklmnop", "confirm_password": "abcdefghijklmnop"}
    assert list(errors_of(values, **issued)) == ["password"]
    assert errors_of(values, **issued, provider_secret="on") == {}


def test_stored_password_of_a_provider_needs_its_tick(saved: SMTPSettings, values: dict[str, object]) -> None:
    saved.provider_secret = True
    saved.set_password("abcdefghijklmnop")
    saved.save()
    unticked = {"password": "", "confirm_password": ""}
    assert "tick “Issued by the provider”" in errors_of(values, **unticked)["password"][0]
    assert errors_of(values, **unticked, provider_secret="on") == {}


def test_password_with_spaces_around_it_is_kept_as_typed(values: dict[str, object]) -> None:
    form = SMTPSettingsForm(values | {"password": " Aa1!aaaa ", "confirm_password": " Aa1!aaaa "})
    assert form.is_valid(), form.errors
    assert form.save().get_password() == " Aa1!aaaa "


def test_stored_password_is_kept_while_the_destination_is_the_same(
    saved: SMTPSettings, values: dict[str, object]
) -> None:
    form = SMTPSettingsForm(values | {"password": "", "confirm_password": "", "from_name": "New"})
    assert form.is_valid(), form.errors
    form.save()
    assert (SMTPSettings.load().get_password(), SMTPSettings.load().from_name) == (PASSWORD, "New")


@pytest.mark.parametrize(
    "change",
    [{"server_address": "other.example"}, {"port": "465"}, {"use_tls": None}, {"tls_mode": "implicit"},
     {"username": "other"}],
)  # fmt: skip
def test_stored_password_must_be_entered_again_for_another_destination(
    saved: SMTPSettings, values: dict[str, object], change: dict[str, object]
) -> None:
    errors = errors_of(values, **({"password": "", "confirm_password": ""} | change))
    assert list(errors) == ["password"]
    assert "is never sent elsewhere. Enter the password again." in errors["password"][0]


def test_form_renders_no_password(saved: SMTPSettings, values: dict[str, object]) -> None:
    assert PASSWORD not in SMTPSettingsForm().as_p()
    assert PASSWORD not in SMTPSettingsForm(values | {"port": "0"}).as_p()


def test_ends_of_lines_that_a_browser_sends_are_no_change(values: dict[str, object]) -> None:
    form = SMTPSettingsForm(values | {"ca_certificate": AUTHORITY_PEM.replace("\n", "\r\n")})
    assert form.is_valid(), form.errors
    assert form.save().ca_certificate == AUTHORITY_PEM.strip()


def test_version_of_an_older_page_is_a_conflict_once(saved: SMTPSettings, values: dict[str, object]) -> None:
    saved.from_name = "Meanwhile"
    saved.save()
    form = SMTPSettingsForm(values | {"version": "1"})
    assert form.has_error("version", "conflict")
    assert {"label": "From Name", "theirs": "Meanwhile", "yours": "Corp Network Operations"} in form.conflict(
        SMTPSettings.load()
    )
    assert form["version"].value() == "2"
    assert SMTPSettingsForm(values | {"version": "2"}).is_valid()
    assert SMTPSettingsForm(values).is_valid()
