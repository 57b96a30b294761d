"""How a worker goes about many messages: connections, settings that change, limits, a stop in the middle."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.smtp import SMTP
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from notifications import clerk, delivery, emails, leases, outbox, queue, settlements
from notifications.models import Attempt, Notification, Queue
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer, mail_server

pytestmark = pytest.mark.django_db

State = Notification.State


class CountsConnections(SMTP):
    opened = 0

    def connection_made(self, transport: object) -> None:
        type(self).opened += 1
        super().connection_made(transport)  # type: ignore[no-untyped-call]


def notify(user: User, count: int) -> None:
    for _ in range(count):
        emails.account_activated(user)


def states() -> dict[str, int]:
    found = list(Notification.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in sorted(set(found))}


def test_connections_stay_open_from_one_look_to_the_next(user: User) -> None:
    CountsConnections.opened = 0
    with mail_server(protocol=CountsConnections) as server:
        save_settings(server.port, connections=1)
        for _ in range(3):
            notify(user, 2)
            assert delivery.deliver_due(keep_open=True).delivered == 2
        assert CountsConnections.opened == 1
        notify(user, 1)
        assert delivery.deliver_due().delivered == 1, "and without keep_open it is closed"
        notify(user, 1)
        assert delivery.deliver_due().delivered == 1
        assert CountsConnections.opened == 2


def test_the_next_message_goes_by_settings_that_were_saved_meanwhile(user: User, open_server: MailServer) -> None:
    with mail_server() as other:
        saved = save_settings(open_server.port, connections=1)
        notify(user, 150)

        def change(summary: delivery.Summary) -> None:
            if summary.delivered == 5:
                saved.port = other.port
                saved.save()

        assert delivery.deliver_due(progress=change).delivered == 150
        first, second = len(open_server.received), len(other.received)
        assert first + second == 150
        assert second, "what had been claimed was given back"
    versions = list(Attempt.objects.order_by("pk").values_list("settings_version", flat=True))
    assert versions == sorted(versions)
    assert set(versions) == {1, 2}


def test_a_stop_finishes_what_is_under_way_and_gives_the_rest_back(user: User, open_server: MailServer) -> None:
    save_settings(open_server.port, connections=1)
    notify(user, 15)
    told: list[int] = []

    def count(summary: delivery.Summary) -> None:
        told.append(summary.delivered)

    summary = delivery.deliver_due(progress=count, stop=lambda: len(told) >= 4)
    assert 4 <= summary.delivered < 10
    assert states() == {"delivered": summary.delivered, "waiting": 15 - summary.delivered}
    assert len(open_server.received) == summary.delivered
    assert not Notification.objects.filter(lease_token__isnull=False).exists()
    assert delivery.deliver_due().delivered == 15 - summary.delivered


def test_messages_a_minute_are_limited_for_all_workers(user: User, open_server: MailServer) -> None:
    save_settings(open_server.port, messages_per_minute=60)
    notify(user, 100)
    begun = time.monotonic()
    first = delivery.deliver_due(1.5)
    second = delivery.deliver_due(1.5)
    seconds = time.monotonic() - begun
    # Six seconds' worth may go at once, then one a second.
    assert 6 <= first.delivered + second.delivered <= 6 + seconds + 2


def test_what_is_of_no_use_any_more_is_not_delivered(user: User, open_server: MailServer) -> None:
    save_settings(open_server.port)
    emails.password_reset(user)
    emails.account_activated(user)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        assert delivery.deliver_due().delivered == 1
    assert states() == {"delivered": 1, "expired": 1}


class TooMany(SMTP):
    """Takes so many messages, then says that it is too many, as often as told."""

    takes, refuses = 3, 1

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802  aiosmtpd's own name
        if type(self).takes <= 0 and type(self).refuses:
            type(self).refuses -= 1
            await self.push("451 4.7.1 Rate limit exceeded, slow down")
            return
        type(self).takes -= 1
        await super().smtp_MAIL(arg)


def test_a_rate_limit_holds_and_flows_again_after_a_pause(user: User) -> None:
    TooMany.takes, TooMany.refuses = 3, 1
    with mail_server(protocol=TooMany) as server:
        save_settings(server.port, connections=1)
        notify(user, 6)
        summary = delivery.deliver_due()
        assert (summary.delivered, summary.held, queue.status().cause) == (3, True, "server.rate_limited")
        assert set(Notification.objects.values_list("attempts_count", flat=True)) == {0, 1}
        with time_machine.travel(Queue.objects.get().next_trial_at + timedelta(seconds=1), tick=True):
            assert delivery.deliver_due().delivered == 3
    assert queue.status().state == "working"


def test_a_trial_that_meets_the_same_refusal_charges_nobody(user: User, open_server: MailServer) -> None:
    save_settings(open_server.port, connections=1)
    notify(user, 12)
    open_server.refuse[user.email] = "554 5.7.1 Relay access denied"
    delivery.deliver_due()
    charged = sum(Notification.objects.values_list("attempts_count", flat=True))
    for _ in range(3):
        with time_machine.travel(Queue.objects.get().next_trial_at + timedelta(seconds=1), tick=True):
            assert delivery.deliver_due().held
    assert sum(Notification.objects.values_list("attempts_count", flat=True)) == charged
    open_server.refuse.clear()
    with time_machine.travel(Queue.objects.get().next_trial_at + timedelta(seconds=1), tick=True):
        assert delivery.deliver_due().delivered == 3
    assert not queue.held()


def test_another_workers_hold_stops_this_one(user: User, open_server: MailServer) -> None:
    save_settings(open_server.port, connections=1)
    notify(user, 30)

    def hold(summary: delivery.Summary) -> None:
        if summary.delivered == 3:
            Queue.objects.update_or_create(
                pk=1,
                defaults={"cause": "server.busy", "held_since": timezone.now(), "next_trial_at": timezone.now()},
            )

    summary = delivery.deliver_due(progress=hold)
    assert (summary.held, summary.delivered < 30) == (True, True)
    assert states()["waiting"] == 30 - summary.delivered


def test_leases_are_renewed_while_a_server_thinks(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease is shorter than the time that a server may take over the final dot."""

    class Thinks(SMTP):
        async def push(self, status: str) -> None:
            if status.startswith("250 2.0.0 Ok: queued"):
                await asyncio.sleep(0.6)
            await super().push(status)

    renewed: list[object] = []
    renew = leases.renew
    monkeypatch.setattr(leases, "RENEW_EVERY", timedelta(seconds=0.1))
    monkeypatch.setattr(leases, "renew", lambda token: (renewed.append(token), renew(token)))
    monkeypatch.setattr(delivery, "LOOK_UP", 0.1)
    with mail_server(protocol=Thinks) as server:
        save_settings(server.port)
        notify(user, 1)
        assert delivery.deliver_due().delivered == 1
    assert len(renewed) >= 3


@pytest.mark.django_db(transaction=True)
def test_results_wait_for_a_database_that_is_away(
    user: User, open_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was accepted is not sent again because the database restarted meanwhile."""
    save_settings(open_server.port)
    notify(user, 1)
    settle, failures = settlements.settle, [OperationalError("gone"), OperationalError("still gone")]

    def failing(*arguments: Any) -> int:
        if failures:
            raise failures.pop()
        return settle(*arguments)

    monkeypatch.setattr(settlements, "settle", failing)
    monkeypatch.setattr(clerk, "TRY_AGAIN", 0.01)
    assert delivery.deliver_due().delivered == 1
    assert (len(open_server.received), states(), failures) == (1, {"delivered": 1}, [])


def test_many_messages_over_several_connections(user: User, open_server: MailServer) -> None:
    save_settings(open_server.port, connections=5)
    with outbox.joined():
        notify(user, 120)
    assert delivery.deliver_due().delivered == 120
    assert len(open_server.received) == 120
    identifiers = set(Notification.objects.values_list("message_id", flat=True))
    assert len(identifiers) == 120
    assert Attempt.objects.count() == 120
