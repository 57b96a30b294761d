"""What stays of a test: its result in the list, where its time went, and for how long."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications import delivery_test, worker
from notifications.last_tests import last_tests
from notifications.models import DeliveryTest
from notifications.presentation import TestView
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer

pytestmark = pytest.mark.django_db

State = DeliveryTest.State
SETTINGS = "/administration/authentication/smtp-settings/"


@pytest.fixture
def tested(open_server: MailServer, administrator: User) -> DeliveryTest:
    test = delivery_test.start(save_settings(open_server.port), "kari@corp.example", administrator)
    delivery_test.run(test.pk)
    return delivery_test.look(test.pk)


def make(age: timedelta, **values: object) -> DeliveryTest:
    values = {"recipient": "a@corp.example", "state": State.ENDED, "created_at": timezone.now() - age} | values
    return DeliveryTest.objects.create(**values)


def test_who_when_where_and_what_came_of_it(tested: DeliveryTest, administrator: User) -> None:
    (shown,) = last_tests()
    assert (shown.pk, shown.at, shown.kind, shown.outcome) == (tested.pk, tested.created_at, "ok", "Delivered")
    assert shown.by == "Ingrid Solberg"
    assert (shown.server, shown.recipient) == (f"127.0.0.1:{tested.report['server']['port']}", "kari@corp.example")


@pytest.mark.parametrize(
    ("values", "outcome", "title"),
    [
        ({"report": {"delivered": False, "cause": "connect.refused", "server": {"address": "mail.corp.example",
          "port": 25}}}, "Not delivered", "the port is closed"),
        ({"report": None}, "The test broke off", ""),
        ({"state": State.EXPIRED, "report": {"delivered": False, "cause": "worker.absent"}},
         "No worker came", ""),
        ({"state": State.RUNNING}, "Running", ""),
        ({"state": State.WAITING}, "Waiting for a worker", ""),
    ],
)  # fmt: skip
def test_every_outcome_has_its_words(values: dict, outcome: str, title: str) -> None:
    make(timedelta(minutes=1), **values)
    (shown,) = last_tests()
    assert (shown.outcome, shown.title, shown.by) == (outcome, title, "")


def test_the_page_lists_them_and_says_when_there_is_none(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert "No test yet." in client.get(SETTINGS).content.decode()
    test = make(
        timedelta(minutes=1), report={"delivered": True, "server": {"address": "mail.corp.example", "port": 587}}
    )
    page = client.get(SETTINGS).content.decode().replace("<wbr>", "")
    assert f'href="{SETTINGS}tests/{test.pk}/"' in page
    assert "mail.corp.example:587" in page


def test_the_list_costs_the_same_for_one_test_and_for_many(django_assert_num_queries, administrator: User) -> None:
    for number in (1, 30):
        for _ in range(number):
            make(timedelta(minutes=1), created_by=administrator, report={"delivered": True, "server": {}})
        with django_assert_num_queries(1):
            list(last_tests())


def test_fifty_are_kept_and_none_for_more_than_thirty_days() -> None:
    old = make(timedelta(days=31))
    kept = [make(timedelta(hours=2, minutes=number)) for number in range(60)]
    delivery_test.sweep()
    left = set(DeliveryTest.objects.values_list("pk", flat=True))
    assert left == {test.pk for test in kept[:50]}
    assert old.pk not in left


def test_tests_that_the_limits_count_are_never_dropped() -> None:
    for _ in range(60):
        make(timedelta(minutes=5))
    delivery_test.sweep()
    assert DeliveryTest.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_the_time_is_told_from_the_button_to_the_end(open_server: MailServer) -> None:
    test = delivery_test.start(save_settings(open_server.port), "a@corp.example")
    # No broker runs in the tests, and a worker comes all the same, two seconds later.
    DeliveryTest.objects.filter(pk=test.pk).update(state=State.WAITING, ended_at=None, report=None)
    with time_machine.travel(test.created_at + timedelta(seconds=2)):
        delivery_test.run(test.pk)
    view = TestView(DeliveryTest.objects.get(pk=test.pk))
    way = {str(label): milliseconds for label, milliseconds in view.way}
    assert list(way) == [
        "Stored in the database",
        "Handed to the broker",
        "Waited for a worker",
        "With the worker and the server",
        "In all",
    ]
    assert all(milliseconds >= 0 for milliseconds in way.values())
    parts = sum(way.values()) - way["In all"]
    assert parts == pytest.approx(way["In all"], abs=1)
    assert 1000 < way["In all"] < 6000
    assert way["Stored in the database"] > 0


def test_the_result_names_who_ran_it_and_its_network(tested: DeliveryTest, client: Client, administrator: User) -> None:
    assert tested.report["ran"] == {
        "by": worker.NAME,
        "settings_version": 1,
        "resolved": "127.0.0.1",
        "left_from": "127.0.0.1",
        "reached": "127.0.0.1",
    }
    client.force_login(administrator)
    page = client.get(f"{SETTINGS}tests/{tested.pk}/").content.decode()
    assert worker.NAME in page
    assert "ran" not in client.get(f"{SETTINGS}tests/{tested.pk}/report.json").json()


def test_the_report_to_copy_holds_the_chain_and_the_way(client: Client, administrator: User) -> None:
    link = {
        "name": "mail.corp.example",
        "issuer": "Corp Issuing CA 2",
        "self_signed": False,
        "not_before": "2025-01-02T00:00:00+00:00",
        "not_after": "2026-01-02T00:00:00+00:00",
        "fingerprint": "AB:CD:EF",
        "fault": "expired",
    }
    ran = {"by": "worker-3:17", "settings_version": 7, "resolved": "192.0.2.7"}
    ran |= {"left_from": "10.0.0.4", "reached": "192.0.2.7"}
    report = {"delivered": False, "cause": "tls.expired", "server": {}, "stages": [], "chain": [link], "ran": ran}
    test = make(timedelta(minutes=1), report=report, ended_at=timezone.now(), stored_ms=3.0, handed_ms=2.0)
    client.force_login(administrator)
    page = client.get(f"{SETTINGS}tests/{test.pk}/").content.decode()
    copied = page.partition('<pre id="test-report" hidden>')[2].partition("</pre>")[0]
    assert "1. mail.corp.example, issued by Corp Issuing CA 2, valid 2025-01-02 to 2026-01-02 (expired)" in copied
    assert "SHA-256 AB:CD:EF" in copied
    assert "Stored in the database: 3.0 ms" in copied
    assert "Run by worker-3:17, saved settings version 7, from 10.0.0.4 to 192.0.2.7" in copied
