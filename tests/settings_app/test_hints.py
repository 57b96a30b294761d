"""What looks wrong in what was entered: each row once with what it is for, and silence where all is well."""

import pytest

from settings_app.hints import PASSWORD_ROWS, hints_of
from settings_app.hints.rows import ROWS
from settings_app.models import SMTPSettings

GOOD = {
    "server_address": "mail.corp.example",
    "port": 587,
    "username": "portal@corp.example",
    "from_email": "noc@corp.example",
}
GMAIL = {
    "server_address": "smtp.gmail.com",
    "username": "corp.noc@gmail.com",
    "from_email": "",
    "provider_secret": True,
}


def told(changes: dict, password: str = "") -> list[tuple[str, str]]:
    return [(hint.field, hint.sentence) for hint in hints_of(SMTPSettings(**GOOD | changes), password)]


@pytest.mark.parametrize(
    ("entered", "field", "words"),
    [
        (
            {"server_address": "imap.corp.example"},
            "server_address",
            "imap.corp.example is a server for reading mail (IMAP). The one for sending is usually called "
            "smtp.corp.example.",
        ),
        (
            {"server_address": "pop3.corp.example"},
            "server_address",
            "(POP3). The one for sending is usually called smtp.corp.example.",
        ),
        (
            GMAIL | {"server_address": "imap.gmail.com"},
            "server_address",
            "The one for sending is called smtp.gmail.com.",
        ),
        (
            GMAIL | {"server_address": "mail.google.com"},
            "server_address",
            "mail.google.com is a name of Gmail; its server for sending is smtp.gmail.com.",
        ),
        (GMAIL | {"server_address": "gmail.com"}, "server_address", "gmail.com is a name of Gmail;"),
        ({"server_address": "webmail.corp.example"}, "server_address", "webmail.corp.example is usually a web page."),
        (
            {"port": 993},
            "port",
            "Port 993 is for reading mail (IMAP). Sending is on 587 (STARTTLS) or 465 (implicit TLS).",
        ),
        ({"port": 995}, "port", "Port 995 is for reading mail (POP3)."),
        ({"port": 143}, "port", "Port 143 is for reading mail (IMAP)."),
        ({"port": 110}, "port", "Port 110 is for reading mail (POP3)."),
        ({"port": 443}, "port", "Port 443 is for web pages. Sending is on"),
        ({"port": 80}, "port", "Port 80 is for web pages."),
        (GMAIL | {"port": 2525}, "port", "Gmail listens on port 587 or 465."),
        ({"port": 465, "tls_mode": "starttls"}, "port", "Port 465 begins with TLS at once."),
        ({"port": 465, "use_tls": False}, "port", "Port 465 begins with TLS at once. Switch TLS on"),
        ({"port": 587, "tls_mode": "implicit"}, "port", "Set TLS mode to Automatic."),
        (GMAIL | {"use_tls": False}, "use_tls", "Gmail is reached over the internet: switch TLS on."),
        (GMAIL | {"username": "corp.noc"}, "username", "Gmail wants the whole e-mail address here."),
        (
            {"server_address": "smtp.sendgrid.net", "username": "noc", "provider_secret": True},
            "username",
            "SendGrid wants the word apikey here.",
        ),
        (GMAIL | {"provider_secret": False}, "password", "enter that one, and tick Issued by the provider."),
        (
            {"server_address": "smtp-mail.outlook.com", "username": "noc@outlook.com", "from_email": ""},
            "password",
            "use another provider for sending.",
        ),
        (
            {"from_email": "noc@other.example"},
            "from_email",
            "The e-mails come from other.example, and the sign-in is of corp.example.",
        ),
        (
            {"server_address": "smtp.office365.com", "messages_per_minute": 60},
            "messages_per_minute",
            "Microsoft 365 takes 30 messages a minute",
        ),
        (
            {"username": "portal", "from_email": "corp.noc@gmail.com"},
            "from_email",
            "Addresses of gmail.com belong to Gmail: recipients refuse them from any other server.",
        ),
    ],
)
def test_what_looks_wrong_is_named_at_its_field(entered: dict, field: str, words: str) -> None:
    found = told(entered)
    assert [one for one, _ in found] == [field], found
    assert words in found[0][1]


@pytest.mark.parametrize(
    "entered",
    [
        {},
        {"port": 465},
        {"port": 25, "use_tls": False, "authentication": False},
        {"from_email": "noc@mail.corp.example"},
        {"username": "portal@mail.corp.example"},
        {"username": "portal"},
        {"server_address": "imaging.corp.example"},
        {"server_address": "192.0.2.7"},
        GMAIL,
        GMAIL | {"port": 465},
        {"server_address": "smtp.sendgrid.net", "username": "apikey", "provider_secret": True},
        {"server_address": "smtp.office365.com", "messages_per_minute": 30},
    ],
)
def test_nothing_is_said_where_all_is_well(entered: dict) -> None:
    assert told(entered, "Quite-good-7") == []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("abcd efgh ijkl mnop", "enter it without the spaces"),
        (" abcd efgh ijkl mnop\n", "enter it without the spaces"),
        ("Quite-good-7 ", "begins or ends with a space"),
        (" Quite-good-7", "begins or ends with a space"),
        ("Quite-good-7\r\n", "begins or ends with a space"),
        ("Quite-good-7\u00a0", "begins or ends with a space"),
        ("\ufeffQuite-good-7", "begins or ends with a space"),
        ("Quite\u00a0good-7", "a character that cannot be seen"),
        ("Quite\u200bgood-7", "a character that cannot be seen"),
        ('"Quite-good-7"', "between quotation marks"),
    ],
)
def test_what_was_copied_with_a_password_is_named_without_quoting_it(password: str, words: str) -> None:
    (found,) = told({}, password)
    assert found[0] == "password"
    assert words in found[1]
    assert "good" not in found[1]
    assert "abcd" not in found[1]


@pytest.mark.parametrize("password", ["Quite-good-7", "two words 7A!", "abcd efgh ijkl", "a", "pässwörd-Ω7"])
def test_a_password_in_good_order_is_left_alone(password: str) -> None:
    assert told({}, password) == []
    assert told({"authentication": False}, f"{password} ") == []


def test_hints_explain_the_causes_that_they_may_be_behind() -> None:
    (port,) = hints_of(SMTPSettings(**GOOD | {"port": 993}))
    assert (port.explains("greeting.not_smtp"), port.explains("authenticate.rejected")) == (True, False)
    (password,) = hints_of(SMTPSettings(**GOOD), "Quite-good-7 ")
    assert (password.explains("authenticate.rejected"), password.explains("connect.refused")) == (True, False)
    assert str(port).startswith("Port Number: Port 993")


def test_every_row_names_a_field_and_causes() -> None:
    fields = {field.name for field in SMTPSettings._meta.get_fields()}
    assert {row.field for row in ROWS} <= fields | {"password"}
    assert all(row.causes or row.field == "password" for row in ROWS)
    assert len({row.code for row in PASSWORD_ROWS}) == len(PASSWORD_ROWS)
