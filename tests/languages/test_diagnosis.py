"""What went wrong is told in the language of whoever reads it; programs read English."""

import json
import re
import socket
from copy import deepcopy
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.translation import gettext, override

from accounts import creation
from notifications import queue
from notifications.diagnosis import CAUSES, diagnosis_of, sentence
from notifications.diagnosis.facts import USUAL
from notifications.models import DeliveryTest, Notification
from notifications.outbox import enqueue
from settings_app.providers import PROVIDERS
from tests.notifications.conftest import save_settings

LANGUAGES = ("de", "ar")
EVIDENCE = {"address": "mail.corp.example", "port": "587"}
SETTINGS = "/administration/authentication/smtp-settings/"
CLOSED = {"de": "der Port ist geschlossen", "ar": "المنفذ مغلق"}


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CAUSES)
def test_every_cause_is_told_with_its_evidence(code: str, language: str) -> None:
    found = diagnosis_of(code, **EVIDENCE)
    with override(language):
        told = {name: getattr(found, name).told(gettext) for name in ("title", "explanation", "remedy")}

    for name, text in told.items():
        assert text != str(getattr(found, name)), name
        assert text == text.strip()
        assert not re.search(r"\{\w*\}", text), text
    assert ("mail.corp.example" in told["explanation"]) == ("mail.corp.example" in found.explanation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_usually_said_is_told_too(language: str) -> None:
    with override(language):
        assert all(words.told(gettext) != words for words in USUAL.values())


def test_a_sentence_is_english_and_keeps_its_parts_in_a_copy() -> None:
    at = sentence("{address} port {port}", address="mail.corp.example", port="587")
    said = sentence("{at} refused it.{said}", at=at, said=sentence(" The server said: “{reply}”.", reply="550 {no}"))

    assert said == "mail.corp.example port 587 refused it. The server said: “550 {no}”."
    assert said.without("said") == "mail.corp.example port 587 refused it."
    german = {"{at} refused it.{said}": "{at} lehnt ab.{said}", "{address} port {port}": "{address} Port {port}"}
    for copy in (said, deepcopy(said)):
        told = copy.told(lambda template: german.get(template, template))
        assert told == "mail.corp.example Port 587 lehnt ab. The server said: “550 {no}”."


@pytest.mark.parametrize("language", LANGUAGES)
def test_providers_are_told(language: str) -> None:
    for provider in PROVIDERS:
        english = provider.sign_in
        with override(language):
            assert not set(filter(None, (provider.username, provider.credential, provider.note))) & {
                gettext(text) for text in (provider.username, provider.credential, provider.note) if text
            }
            assert provider.sign_in != english


@pytest.mark.django_db(transaction=True)
def test_a_test_that_failed_is_read_by_each_in_their_language_and_by_programs_in_english(
    eager: None, closed_port: int
) -> None:
    people = {
        code: creation.create(
            f"{code}@corp.example", code, password="Correct-horse-7", administrator=True, language=code
        )
        for code in ("en", *LANGUAGES)
    }
    save_settings(closed_port, use_tls=False)
    with pytest.raises(CommandError):
        call_command("send_test_email", "a@corp.example", "--json", stdout=(out := StringIO()))
    test = DeliveryTest.objects.latest("created_at")
    queue.hold(diagnosis_of("connect.refused", **EVIDENCE))

    assert json.loads(out.getvalue())["explanation"].startswith(f"127.0.0.1 port {closed_port} refused the connection")
    for code, title in CLOSED.items():
        client = Client()
        client.force_login(people[code])
        page = client.get(f"{SETTINGS}tests/{test.pk}/").content.decode()
        assert page.count(title) >= 3, "the test, the list of tests and the status line"
        assert "refused the connection" not in page
        assert "Check Port Number" not in page
        assert client.get(f"{SETTINGS}tests/{test.pk}/report.json").json() == json.loads(out.getvalue())


@pytest.mark.django_db
def test_why_a_notification_waits_is_told_in_the_readers_language() -> None:
    save_settings(25, use_tls=False)
    user = creation.create("ulla@corp.example", "Ulla", administrator=True, language="de", password="Correct-horse-7")
    enqueue("password_changed", user, {})
    queue.hold(diagnosis_of("connect.refused", **EVIDENCE))
    client = Client()
    client.force_login(user)

    page = client.get(f"/administration/monitoring/notifications/{Notification.objects.latest('pk').pk}/")

    assert f"Sie wartet: Die Zustellung ist angehalten. {CLOSED['de']}." in page.content.decode()
