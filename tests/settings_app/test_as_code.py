"""Settings as code: from the command, again and again, and from the environment."""

import io
import json
import sys
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from audit.models import Entry
from settings_app import as_code
from settings_app.models import SMTPSettings

pytestmark = pytest.mark.django_db

PAGE = "/administration/authentication/smtp-settings/"
PASSWORD = "Sealed-9-here"
ENVIRONMENT = {
    "server_address": "mail.corp.example", "use_tls": True, "authentication": True, "provider_secret": False,
    "username": "portal@corp.example", "password": PASSWORD, "port": "", "tls_mode": "", "from_name": "NOC",
    "from_email": "", "ca_certificate": "", "ehlo_name": "", "timeout": "", "connections": "",
    "messages_per_minute": "",
}  # fmt: skip


def configure(monkeypatch: pytest.MonkeyPatch, *arguments: str, password: str = "") -> Any:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command("configure_smtp", *arguments, *(["--password-stdin"] if password else []), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_command_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--server-address=mail.corp.example", "--username=portal@corp.example")
    assert configure(monkeypatch, *arguments, password=PASSWORD)["changed"] is True
    sealed, entries = SMTPSettings.load().password_sealed, Entry.objects.count()
    again = configure(monkeypatch, *arguments, password=PASSWORD)
    assert (again["changed"], again["version"]) == (False, 1)
    assert SMTPSettings.load().password_sealed == sealed
    assert Entry.objects.count() == entries
    assert configure(monkeypatch, *arguments)["changed"] is False
    assert configure(monkeypatch, "--from-name=Another")["changed"] is True
    assert configure(monkeypatch, *arguments, password="Another-7-one")["changed"] is True
    assert SMTPSettings.load().get_password() == "Another-7-one"


def test_show_changes_nothing_and_does_not_speak_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "changed" not in configure(monkeypatch, "--show")


def test_password_that_no_longer_opens_is_stored_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--server-address=mail.corp.example", "--username=portal@corp.example")
    configure(monkeypatch, *arguments, password=PASSWORD)
    SMTPSettings.objects.update(password_sealed="rubbish")
    assert configure(monkeypatch, *arguments, password=PASSWORD)["changed"] is True
    assert SMTPSettings.load().get_password() == PASSWORD


# From the environment


@pytest.fixture
def managed(settings: LazySettings) -> None:
    settings.SMTP_FROM_ENVIRONMENT = dict(ENVIRONMENT)


def test_each_start_stores_what_differs(managed: None, settings: LazySettings) -> None:
    assert as_code.outdated() is True
    call_command("migrate", verbosity=0)
    saved = SMTPSettings.load()
    assert (saved.server_address, saved.port, saved.use_tls, saved.timeout) == ("mail.corp.example", 587, True, 30)
    assert (saved.get_password(), saved.updated_by, as_code.outdated()) == (PASSWORD, "system", False)
    call_command("migrate", verbosity=0)
    assert SMTPSettings.load().version == 1
    settings.SMTP_FROM_ENVIRONMENT |= {"password": "Another-7-one"}
    assert as_code.outdated() is True
    call_command("migrate", verbosity=0)
    assert (SMTPSettings.load().version, SMTPSettings.load().get_password()) == (2, "Another-7-one")


def test_what_is_not_named_has_its_default(managed: None) -> None:
    SMTPSettings(server_address="old.example", port=2525, authentication=False, from_name="A", ehlo_name="x.y").save()
    as_code.apply()
    saved = SMTPSettings.load()
    assert (saved.port, saved.ehlo_name, saved.from_name) == (587, "", "NOC")


def test_broken_rule_stops_the_start_with_each_error(managed: None, settings: LazySettings) -> None:
    settings.SMTP_FROM_ENVIRONMENT |= {"server_address": "smtp://mail.corp.example", "password": "short"}
    with pytest.raises(ImproperlyConfigured) as refused:
        call_command("migrate", verbosity=0)
    assert "Server Address: Enter the name alone" in str(refused.value)
    assert "Password: " in str(refused.value)
    assert "short" not in str(refused.value).replace("too short", "")
    assert not SMTPSettings.load().configured


def test_page_is_read_only_and_says_why(managed: None, client: Client, administrator: User) -> None:
    as_code.apply()
    client.force_login(administrator)
    page = client.get(PAGE)
    assert "These settings come from the environment" in page.content.decode()
    assert all(bound.field.disabled for bound in page.context["form"])
    assert PASSWORD not in page.content.decode()


def test_save_is_refused(managed: None, client: Client, administrator: User) -> None:
    as_code.apply()
    client.force_login(administrator)
    answer = client.post(PAGE, {"server_address": "evil.example", "authentication": "", "from_name": "X"})
    assert answer.status_code == 409
    assert "Not saved. These settings come from the environment" in answer.content.decode()
    assert (SMTPSettings.load().server_address, SMTPSettings.load().version) == ("mail.corp.example", 1)


def test_command_is_refused(managed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    as_code.apply()
    with pytest.raises(CommandError, match=r"Not saved\. These settings come from the environment") as refused:
        configure(monkeypatch, "--server-address=evil.example")
    assert refused.value.returncode == 1
    assert configure(monkeypatch, "--show")["server_address"] == "mail.corp.example"


def test_environment_that_was_changed_since_the_start_is_degraded(
    managed: None, client: Client, settings: LazySettings
) -> None:
    settings.CELERY_BROKER_URL = "filesystem://localhost"
    as_code.apply()
    assert client.get("/readyz").json()["checks"]["smtp_settings"]["status"] == "ok"
    settings.SMTP_FROM_ENVIRONMENT |= {"from_name": "Another"}
    assert "run: manage.py migrate" in client.get("/readyz").json()["checks"]["smtp_settings"]["detail"]
