"""The test button is no scanner: few tests, and only to where the operator allows."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications import delivery_test, pacing
from notifications.models import DeliveryTest
from notifications.servers import server_of
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer

pytestmark = pytest.mark.django_db

TESTS = "/administration/authentication/smtp-settings/tests/"
FORM = {"server_address": "127.0.0.1", "port": "9", "from_name": "NOC", "from_email": "noc@corp.example",
        "recipient": "a@corp.example"}  # fmt: skip


def sent(user: User | None, number: int, ago: timedelta = timedelta(minutes=1)) -> None:
    now = timezone.now()
    DeliveryTest.objects.bulk_create(
        DeliveryTest(created_by=user, created_at=now - ago, recipient="a@corp.example") for _ in range(number)
    )


def test_the_eleventh_test_of_a_person_is_refused_with_when_it_may_be(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    sent(administrator, 9, timedelta(minutes=7, seconds=10))
    assert client.post(TESTS, FORM).status_code == 302
    response = client.post(TESTS, FORM)
    assert response.status_code == 429
    assert 160 <= int(response["Retry-After"]) <= 170
    page = response.content.decode()
    assert "You have sent 10 tests within 10 minutes, the most for one person." in page
    assert "in 3 minutes" in page
    assert 'value="noc@corp.example"' in page  # nothing typed is lost
    assert DeliveryTest.objects.count() == 10


def test_tests_of_long_ago_and_of_others_do_not_count(client: Client, administrator: User, user: User) -> None:
    client.force_login(administrator)
    sent(administrator, 30, timedelta(minutes=11))
    sent(user, 30)
    sent(None, 100)
    assert client.post(TESTS, FORM).status_code == 302


def test_the_sixty_first_of_all_is_refused(client: Client, administrator: User, user: User) -> None:
    client.force_login(administrator)
    sent(user, 60)
    response = client.post(TESTS, FORM)
    assert response.status_code == 429
    assert "60 tests were sent within 10 minutes, the most for everybody together." in response.content.decode()


def test_limits_are_the_operators(settings: LazySettings, administrator: User) -> None:
    settings.TESTS_PER_PERSON, settings.TEST_WINDOW = 2, timedelta(minutes=60)
    sent(administrator, 2, timedelta(minutes=30))
    with pytest.raises(pacing.TooMany, match="2 tests within 60 minutes"):
        pacing.admit(administrator)


def test_a_clock_that_was_set_back_keeps_nobody_waiting_longer_than_once(administrator: User) -> None:
    sent(administrator, 10, -timedelta(days=3))
    with pytest.raises(pacing.TooMany) as refusal:
        pacing.admit(administrator)
    assert refusal.value.seconds <= 600


def test_the_command_is_not_counted(administrator: User, settings: LazySettings) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    save_settings(9)
    sent(administrator, 60)
    delivery_test.start(SMTPSettings.load(), "a@corp.example")


# Where to


def test_the_operators_rules_hold_for_tests_and_deliveries_alike(
    settings: LazySettings, open_server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CONNECT_RULES = {"denied_networks": ("127.0.0.0/8",)}
    save_settings(open_server.port)
    with pytest.raises(CommandError):
        call_command("send_test_email", "a@corp.example", "--json", "--direct")
    report = json.loads(capsys.readouterr().out)
    assert report["cause"] == "connect.forbidden"
    assert "127.0.0.0/8 is on the operator's deny list" in report["explanation"]
    assert server_of(SMTPSettings.load()).rules.denied_networks == ("127.0.0.0/8",)


def test_metadata_services_are_forbidden_and_named() -> None:
    saved = save_settings(80, server_address="169.254.169.254")
    report = delivery_test.probe_settings(saved, "a@corp.example").as_json()
    assert report["cause"] == "connect.forbidden"
    assert "a cloud metadata service, which is never allowed" in report["explanation"]


# Together


@pytest.mark.django_db(transaction=True)
def test_tests_that_begin_together_are_counted_one_after_the_other(settings: LazySettings) -> None:
    """Of each person and of all, whoever presses at the same moment; on PostgreSQL by `test_on_postgresql.py`."""
    settings.TESTS_PER_PERSON, settings.TESTS_IN_ALL = 3, 10
    people = [User.objects.create_user(f"user{number}@corp.example") for number in range(6)]
    saved = save_settings(9)
    barrier = threading.Barrier(len(people) * 2)

    def press(person: User) -> list[str]:
        refusals = []
        barrier.wait()
        for _ in range(2):
            try:
                delivery_test.start(saved, "a@corp.example", person)
            except pacing.TooMany as refusal:
                refusals.append(refusal.whose)
        connection.close()
        return refusals

    with ThreadPoolExecutor(len(people) * 2) as pool:  # two windows for each of them
        refused = [whose for refusals in pool.map(press, people * 2) for whose in refusals]
    assert DeliveryTest.objects.count() == 10
    assert len(refused) == len(people) * 4 - 10
    assert set(Counter(DeliveryTest.objects.values_list("created_by", flat=True)).values()) <= {1, 2, 3}
