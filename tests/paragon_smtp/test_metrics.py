"""`/metrics`, as Prometheus reads it: asked of the database, and cheap however much was delivered before."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from notifications import delivery, emails
from notifications.models import Attempt, Notification
from notifications.operation import figures, heartbeats
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: None) -> User:
    person = User.objects.create_user("kari@corp.example")
    person.notifications.all().delete()
    return person


@pytest.fixture(autouse=True)
def without_broker(settings: LazySettings) -> None:
    settings.CELERY_BROKER_URL = "filesystem://localhost"


def scrape(client: Client, **headers: Any) -> dict[str, float]:
    """Each sample by its name and labels, the way they stand in an expression."""
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    samples = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            samples[f"{sample.name.removeprefix('paragon_smtp_')}{{{labels}}}"] = sample.value
    return samples


def make(person: User, count: int) -> None:
    for _ in range(count):
        emails.account_activated(person)


def test_nothing_has_happened_yet(client: Client) -> None:
    found = scrape(client)
    assert found['notifications{state="waiting"}'] == 0
    assert found["oldest_notification_seconds{}"] == 0
    assert found['delivery_seconds_bucket{le="+Inf"}'] == 0
    assert found['held{cause=""}'] == 0
    assert found['processes{kind="delivery"}'] == 0
    assert found['check{name="delivery_worker"}'] == 0
    assert found['check{name="database"}'] == 1


def test_what_waits_is_counted_with_its_age(client: Client, person: User) -> None:
    make(person, 3)
    Notification.objects.filter(pk=Notification.objects.order_by("pk")[0].pk).update(
        created_at=timezone.now() - timedelta(hours=1)
    )
    found = scrape(client)
    assert (found['notifications{state="waiting"}'], found['notifications{state="sending"}']) == (3, 0)
    assert 3600 <= found["oldest_notification_seconds{}"] < 3660


def test_deliveries_are_counted_by_outcome_and_cause(client: Client, plain_server: MailServer, person: User) -> None:
    save_settings(plain_server.port)
    plain_server.refuse["nobody@corp.example"] = "550 5.1.1 No such user here"
    make(person, 2)
    emails.account_activated(User.objects.create_user("nobody@corp.example"))
    delivery.deliver_due()
    found = scrape(client)
    assert found['attempts_total{cause="",outcome="delivered"}'] == 2
    assert found['attempts_total{cause="recipient.unknown",outcome="refused"}'] == 2
    assert found['delivery_seconds_bucket{le="+Inf"}'] == found["delivery_seconds_count{}"] == 2
    assert 0 < found["delivery_seconds_sum{}"] < 60
    assert found["settings_version{}"] == 1


def test_time_from_event_to_acceptance_falls_into_its_bucket(client: Client, plain_server: MailServer) -> None:
    save_settings(plain_server.port)
    User.objects.create_user("kari@corp.example")
    with time_machine.travel(timezone.now() + timedelta(seconds=45)):
        delivery.deliver_due()
        found = scrape(client)
    assert (found['delivery_seconds_bucket{le="30.0"}'], found['delivery_seconds_bucket{le="60.0"}']) == (0, 1)
    assert 45 <= found["delivery_seconds_sum{}"] < 60


def test_held_mail_names_its_cause(client: Client, person: User) -> None:
    save_settings(1)
    make(person, 1)
    with time_machine.travel(timezone.now() - timedelta(minutes=2)):
        delivery.deliver_due()
    delivery.deliver_due()
    found = scrape(client)
    assert found['held{cause="connect.refused"}'] == 1
    assert found['check{name="mail"}'] == 0


def test_processes_are_told_with_the_settings_that_they_use(client: Client) -> None:
    heartbeats.beat("host:1", ["delivery"])
    heartbeats.uses("host:1", 7)
    found = scrape(client)
    assert found['processes{kind="delivery"}'] == 1
    assert found['worker_settings_version{process="host:1"}'] == 7
    assert found['process_last_seen_timestamp_seconds{kind="delivery",process="host:1"}'] == pytest.approx(
        timezone.now().timestamp(), abs=30
    )


# Counted once


def attempts(person: User, count: int, at: Any = None) -> None:
    row = Notification.objects.create(
        kind="x", user=person, recipient=person.email, message_id=f"<{timezone.now()}>", due_at=timezone.now(),
        created_at=at or timezone.now(),
    )  # fmt: skip
    Attempt.objects.bulk_create(
        Attempt(notification=row, at=at or timezone.now(), outcome="delivered", settings_version=3)
        for _ in range(count)
    )


def delivered(client: Client) -> float:
    return scrape(client).get('attempts_total{cause="",outcome="delivered"}', 0)


def test_sum_and_what_came_since_make_the_whole(client: Client, person: User) -> None:
    attempts(person, 5, at=timezone.now() - timedelta(minutes=5))
    assert delivered(client) == 5
    figures.fold()
    assert delivered(client) == 5
    attempts(person, 2)
    figures.fold()  # too young to be counted for good
    assert delivered(client) == 7
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        figures.fold()
        figures.fold()
        assert delivered(client) == 7
        assert figures.totals().proven_version == 3


def test_a_counter_never_falls(client: Client, person: User) -> None:
    attempts(person, 5, at=timezone.now() - timedelta(minutes=5))
    figures.fold()
    attempts(person, 3)
    assert delivered(client) == 8
    person.notifications.all().delete()
    assert delivered(client) == 8


def test_what_was_counted_for_good_is_not_read_again(client: Client, person: User) -> None:
    attempts(person, 50, at=timezone.now() - timedelta(minutes=5))
    figures.fold()
    Attempt.objects.update(outcome="refused")
    assert delivered(client) == 50


@pytest.mark.django_db(transaction=True)
def test_database_that_takes_no_changes_still_tells(client: Client, person: User) -> None:
    attempts(person, 5)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            assert figures.totals().attempts == {"delivered ": 5}
        finally:
            cursor.execute("PRAGMA query_only = OFF")


# Who may ask


def test_token_is_asked_for_where_one_is_set(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "a token of ours"
    for headers in ({}, {"Authorization": "Bearer another"}, {"Authorization": "Bearer "}):
        refused = client.get("/metrics", headers=headers)
        assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert scrape(client, headers={"Authorization": "Bearer a token of ours"})


def test_figures_hold_neither_addresses_nor_secrets(client: Client, plain_server: MailServer, person: User) -> None:
    saved = save_settings(plain_server.port, authentication=True, username="portal")
    saved.set_password("Sealed-9-here")
    saved.save()
    make(person, 1)
    delivery.deliver_due()
    text = client.get("/metrics").content.decode()
    for private in (person.email, "Sealed-9-here", saved.password_sealed, "portal", "127.0.0.1"):
        assert private not in text
