"""Every change of the SMTP settings is told to all administrators, over the way that was valid before it."""

import socket
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import creation
from accounts.models import User
from notifications import change_notice, delivery, leases
from notifications.models import Attempt, FormerSettings, Notification
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer, mail_server

KIND = "smtp_settings_changed"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_once(settings: LazySettings) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True


@pytest.fixture
def other_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def oda(db: None) -> User:
    return creation.create("oda@corp.example", "Oda", password="a long pass phrase", administrator=True)


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind=KIND).order_by("recipient")
    return [(row.recipient, row.state) for row in rows]


def forget() -> None:
    Notification.objects.all().delete()
    FormerSettings.objects.all().delete()


def test_all_administrators_are_told_by_the_settings_of_before(
    open_server: MailServer, other_server: MailServer, administrator: User, oda: User, user: User, client: Client
) -> None:
    save_settings(open_server.port)
    forget()
    before, after = len(open_server.received), len(other_server.received)
    client.force_login(administrator)
    form = {"server_address": "127.0.0.1", "port": other_server.port, "from_name": "NOC",
            "from_email": "noc@corp.example", "timeout": 5}  # fmt: skip
    assert client.post("/administration/authentication/smtp-settings/", form).status_code == 302
    assert SMTPSettings.load().port == other_server.port
    assert told() == [("ingrid@corp.example", "delivered"), ("oda@corp.example", "delivered")]
    assert len(open_server.received) - before == 2
    assert len(other_server.received) == after
    facts = Notification.objects.filter(kind=KIND).values_list("facts", flat=True)[0]
    assert facts["fields"] == "Port Number"
    assert facts["by"] == "Ingrid Solberg <ingrid@corp.example>"
    assert facts["ip"] == "127.0.0.1"
    assert {attempt.server for attempt in Attempt.objects.all()} == {f"127.0.0.1:{open_server.port}"}
    assert not FormerSettings.objects.exists()


def test_where_they_no_longer_deliver_the_new_ones_do(
    open_server: MailServer, closed_port: int, administrator: User
) -> None:
    save_settings(closed_port)
    forget()
    save_settings(open_server.port)
    delivery.deliver_due()
    assert told() == [("ingrid@corp.example", "delivered")]
    assert len(open_server.received) == 1
    outcomes = [(attempt.outcome, attempt.cause) for attempt in Attempt.objects.order_by("pk")]
    assert outcomes == [("held", "connect.refused"), ("delivered", "")]
    assert Notification.objects.get(kind=KIND).attempts_count == 1  # the first try was not charged


def test_a_password_that_no_longer_opens_leaves_it_to_the_new_ones(
    open_server: MailServer, administrator: User, settings: LazySettings
) -> None:
    saved = save_settings(open_server.port, authentication=True, username="portal")
    saved.set_password("Sealed-9-here")
    saved.save()
    forget()
    SMTPSettings.objects.update(username="somebody")  # a hand in the database
    save_settings(open_server.port)
    delivery.deliver_due()
    assert told() == [("ingrid@corp.example", "delivered")]


def test_without_a_broker_the_new_ones_tell_after_a_while(
    open_server: MailServer, administrator: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(open_server.port)
    forget()
    monkeypatch.setattr("notifications.tasks.tell_of_change.apply_async", no_broker)
    save_settings(open_server.port, from_name="Night Shift")
    row = Notification.objects.get(kind=KIND)
    assert row.state == "waiting"
    assert row.due_at <= timezone.now() + change_notice.HEAD_START
    Notification.objects.update(due_at=timezone.now())
    delivery.deliver_due()
    assert told() == [("ingrid@corp.example", "delivered")]


def no_broker(*_: object, **__: object) -> None:
    raise ConnectionError


def test_the_settings_of_before_keep_their_password_sealed_and_an_hour_at_the_most(
    open_server: MailServer, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save_settings(open_server.port, authentication=True, username="portal")
    saved.set_password("Sealed-9-here")
    saved.save()
    forget()
    monkeypatch.setattr("notifications.tasks.tell_of_change.apply_async", no_broker)
    save_settings(open_server.port, from_name="Night Shift")
    former = FormerSettings.objects.get()
    assert former.password_sealed.startswith("gAAAA")
    assert "Sealed-9-here" not in str(former.values)
    FormerSettings.objects.update(created_at=timezone.now() - change_notice.KEPT)
    change_notice.sweep()
    assert not FormerSettings.objects.exists()


def test_told_once_however_often_the_task_runs(
    open_server: MailServer, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(open_server.port)
    forget()
    open_server.received.clear()
    save_settings(open_server.port, from_name="Night Shift")
    change_notice.deliver(Notification.objects.get(kind=KIND).event_id)
    delivery.deliver_due()
    assert len(open_server.received) == 1


def test_the_first_settings_are_no_change(open_server: MailServer, administrator: User) -> None:
    save_settings(open_server.port)
    assert told() == []


def test_a_save_that_changes_nothing_tells_nobody(open_server: MailServer, administrator: User) -> None:
    save_settings(open_server.port)
    forget()
    SMTPSettings.load().save()
    assert told() == []


def test_a_change_by_the_command_is_told_too(open_server: MailServer, administrator: User, capsys: object) -> None:
    save_settings(open_server.port)
    forget()
    call_command("configure_smtp", "--from-name=Night Shift")
    assert told() == [("ingrid@corp.example", "delivered")]
    assert "system" in str(Notification.objects.get(kind=KIND).facts)


def test_only_what_nobody_has_tried_is_taken(open_server: MailServer, administrator: User) -> None:
    save_settings(open_server.port)
    save_settings(open_server.port, from_name="Night Shift")
    row = Notification.objects.get(kind=KIND)
    assert row.state == "delivered"
    assert leases.claim_event(row.event_id, row.event_id) == []
