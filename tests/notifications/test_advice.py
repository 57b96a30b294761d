"""What joins the remedy: the hint that explains the cause, and the rules of a provider that is recognised."""

import json
from html import unescape
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications import queue
from notifications.advice import advice_of
from notifications.diagnosis import diagnosis_of
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import mail_server

GMAIL = {"server_address": "smtp.gmail.com", "port": 587, "username": "noc@gmail.com", "provider_secret": True}


def advice(cause: str, password: str = "", **changes: object) -> str:
    return " ".join(advice_of(cause, SMTPSettings(**GMAIL | changes), password))


@pytest.mark.parametrize(
    ("cause", "changes", "words"),
    [
        ("authenticate.rejected", {}, "myaccount.google.com/apppasswords"),
        ("authenticate.application_password", {}, "Tick Issued by the provider."),
        ("authenticate.disabled", {"server_address": "smtp.office365.com"}, "SMTP AUTH has to be enabled"),
        ("authenticate.required", {"server_address": "smtp.sendgrid.net"}, "the word apikey in User Name"),
        ("authenticate.rejected", {"server_address": "email-smtp.eu-west-1.amazonaws.com"}, "SMTP user name"),
        ("sender.not_allowed", {"server_address": "smtp.sendgrid.net"}, "a verified Single Sender"),
        ("server.rate_limited", {"server_address": "smtp.office365.com"}, "30 messages a minute"),
        ("server.quota_exceeded", {}, "The limits of Gmail: 500 messages a day"),
        ("greeting.not_smtp", {"port": 993}, "Port Number: Port 993 is for reading mail (IMAP)."),
        ("resolve.not_found", {"server_address": "imap.corp.example"}, "usually called smtp.corp.example"),
    ],
)  # fmt: skip
def test_advice_fits_the_cause(cause: str, changes: dict, words: str) -> None:
    assert words in advice(cause, **changes)


@pytest.mark.parametrize(
    ("cause", "changes"),
    [
        ("authenticate.unavailable", {}),
        ("connect.refused", {}),
        ("recipient.unknown", {"port": 993}),
        ("authenticate.rejected", {"server_address": "mail.corp.example", "username": "noc"}),
    ],
)
def test_nothing_is_said_that_does_not_concern_the_cause(cause: str, changes: dict) -> None:
    assert advice(cause, **changes) == ""


def test_the_hint_on_a_password_stands_first_and_does_not_quote_it() -> None:
    said = advice("authenticate.rejected", "abcd efgh ijkl mnop")
    assert said.startswith("Password: The password looks like an application password shown in groups")
    assert "efgh" not in said


@pytest.mark.django_db
def test_a_space_behind_the_password_is_named_when_the_server_refuses_it() -> None:
    with mail_server(users={"portal": "Sealed-9-here"}) as server:
        settings = SMTPSettings(server_address="127.0.0.1", port=server.port, use_tls=False, username="portal",
                                from_email="noc@corp.example", timeout=5)  # fmt: skip
        settings.set_password("Sealed-9-here ")
        settings.save()
        out = StringIO()
        with pytest.raises(CommandError) as refusal:
            call_command("send_test_email", "a@corp.example", "--direct", "--json", stdout=out)
    report = json.loads(out.getvalue())
    said = report["remedy"]
    assert report["cause"] == "authenticate.rejected"
    assert said.startswith("Password: The password begins or ends with a space or a line end.")
    assert "Enter User Name, Password and Confirm Password again." in said
    assert "Sealed-9-here" not in out.getvalue() + str(refusal.value)


@pytest.mark.django_db
def test_a_test_that_succeeds_gets_no_remedy() -> None:
    with mail_server() as server:
        save_settings(server.port)
        out = StringIO()
        call_command("send_test_email", "a@corp.example", "--direct", "--json", stdout=out)
    assert json.loads(out.getvalue())["remedy"] is None


@pytest.mark.django_db
def test_the_notice_of_a_held_queue_shows_the_advice_before_the_remedy(administrator: User, client: Client) -> None:
    SMTPSettings(**GMAIL, from_email="noc@gmail.com").save()
    held = diagnosis_of("authenticate.rejected")
    queue.hold(held)
    remedy = queue.status().remedy
    assert remedy.endswith(held.remedy)
    assert "myaccount.google.com/apppasswords" in remedy.removesuffix(held.remedy)
    client.force_login(administrator)
    page = client.get(reverse("notifications:list"))
    assert "myaccount.google.com/apppasswords" in unescape(page.content.decode())
