"""Two hundred hostile values in each text field: never a 500, never a header of their own, nothing half-saved."""

import random
from email import message_from_bytes, policy

import pytest
from django.test import Client

from accounts.models import User
from notifications import mime
from settings_app.models import SMTPSettings

pytestmark = pytest.mark.django_db

URL = "/administration/authentication/smtp-settings/"
FIELDS = ["server_address", "port", "username", "password", "from_name", "from_email", "tls_mode", "ca_certificate",
          "ehlo_name", "timeout", "version", "recipient"]  # fmt: skip

PIECES = [
    "\r\n", "\n", "\r", "\0", "\x1b[31m", "\x7f", "\u0085", "\u2028", "\u2029", "\u00a0", "\u200b", "\u200f", "\u202e",
    "\u2066", "\ufeff", "\ufffd", "\U000e0001", "é", "e\u0301", "مرحبا", "日本", "😀", "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>", "{{ 7*7 }}", "{% load i18n %}", "%s%n", "${jndi:ldap://x}",
    "'; DROP TABLE x;--",
    "../../etc/passwd", "Bcc: victim@example.com", "\r\nBcc: victim@example.com\r\n\r\nbody", "\n.\nMAIL FROM:<x>",
    "=?utf-8?b?QmNjOiB4?=", "a@b@c", "a" * 5000, "[", "]", "::", "-", ".", "@", "1e309", "0x19", "-1", "NaN", "٣٣", " ",
]  # fmt: skip


def hostile_values() -> list[str]:
    chance = random.Random(535)
    mixed = ["".join(chance.choices(PIECES, k=chance.randint(1, 4))) for _ in range(198 - len(PIECES))]
    return [*PIECES, *mixed, "x" * 1_000_000, "\r\n" * 1000]


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_values_in_a_field_are_refused_or_harmless(
    client: Client, administrator: User, open_values: dict[str, object], field: str
) -> None:
    client.force_login(administrator)
    values = hostile_values()
    assert len(values) == 200
    for value in values:
        before = SMTPSettings.load().version
        sent = open_values | {"recipient": "a@corp.example", field: value}
        if field in ("username", "password"):
            sent |= {"authentication": "on", "password": "Sealed-9-here"} | {field: value}
            sent["confirm_password"] = sent["password"]
        response = client.post(URL, sent)
        assert response.status_code in (200, 302), (field, value[:100])
        stored = SMTPSettings.load()
        assert stored.version == before + (response.status_code == 302)
        if response.status_code == 302:
            stored.full_clean()
            assert_one_message(stored)
        else:
            assert b"<script>alert" not in response.content
            assert b"<img src=x" not in response.content


def assert_one_message(stored: SMTPSettings) -> None:
    """What was stored makes exactly the headers that a message of ours has."""
    envelope = mime.Envelope(stored.from_name, stored.sender, "a@corp.example", "<1@corp.example>")
    content = mime.Content("Subject", "text\n", "<p>html</p>\n")
    parsed = message_from_bytes(mime.assemble(content, envelope), policy=policy.default)
    assert sorted(parsed.keys()) == sorted(
        ["Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
         "Content-Language", "MIME-Version", "Content-Type"]
    )  # fmt: skip
    assert [address.addr_spec for address in parsed["From"].addresses] == [stored.sender]
