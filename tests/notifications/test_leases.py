import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from notifications import emails, leases, outbox, settlements
from notifications.models import Notification
from notifications.schedule import pauses
from tests.notifications.rows import attempt, claim, claim_one, enqueue, settle

pytestmark = pytest.mark.django_db

State = Notification.State


def test_claim_takes_the_oldest_first_and_leases_them(user: User) -> None:
    rows = enqueue(user, 3)
    claimed = claim(2)
    assert [row.pk for row in claimed] == [rows[0].pk, rows[1].pk]
    leased = Notification.objects.filter(state=State.SENDING, lease_token=claimed[0].lease_token)
    assert {row.pk for row in leased} == {row.pk for row in claimed}
    assert [row.pk for row in claim()] == [rows[2].pk]
    assert claim() == []


def test_claim_leaves_what_is_not_due(user: User) -> None:
    [row] = enqueue(user)
    Notification.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert claim() == []
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert [claimed.pk for claimed in claim()] == [row.pk]


def test_lease_of_a_killed_worker_ends(user: User) -> None:
    enqueue(user)
    first = claim_one()
    with time_machine.travel(timezone.now() + leases.LEASE + timedelta(seconds=1), tick=False):
        second = claim_one()
        assert second.lease_token != first.lease_token
        assert not settle(settlements.delivered, first, attempt())
        assert settle(settlements.delivered, second, attempt())
    assert Notification.objects.get().state == State.DELIVERED


def test_lease_written_before_the_clock_was_set_back_is_void(user: User) -> None:
    enqueue(user)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        claim_one()
    assert claim() == []
    leases.mend_times()
    assert claim()


@pytest.mark.parametrize("charged", [0, 1, 3, 40])
def test_a_wait_that_a_clock_set_back_made_too_long_ends_and_no_other(user: User, charged: int) -> None:
    enqueue(user)
    meant = pauses()[min(charged, len(pauses())) - 1] if charged else timedelta()
    Notification.objects.update(attempts_count=charged, due_at=timezone.now() + meant)
    leases.mend_times()
    with time_machine.travel(timezone.now() + meant - timedelta(seconds=5), tick=False):
        assert charged == 0 or claim() == []
    Notification.objects.update(due_at=timezone.now() + meant + timedelta(hours=1))
    leases.mend_times()
    assert claim()


@pytest.mark.django_db(transaction=True)
def test_claims_of_many_workers_never_overlap(user: User) -> None:
    enqueue(user, 60)
    claimed: list[int] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        while rows := claim(7):
            claimed.extend(row.pk for row in rows)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed) == sorted(Notification.objects.values_list("pk", flat=True))


def test_delivered_is_settled_with_the_servers_reply(user: User) -> None:
    enqueue(user)
    settle(settlements.delivered, claim_one(), attempt(reply="250 2.0.0 Ok: queued as 4F", queue_id="4F"))
    row = Notification.objects.get()
    assert (row.state, row.queue_id, row.last_reply, row.attempts_count) == (
        State.DELIVERED,
        "4F",
        "250 2.0.0 Ok: queued as 4F",
        1,
    )
    assert [tried.queue_id for tried in row.attempts.all()] == ["4F"]


def test_deferred_waits_longer_each_time_and_fails_in_the_end(user: User) -> None:
    enqueue(user)
    now = timezone.now()
    waits = []
    for _ in range(len(pauses()) + 1):
        with time_machine.travel(now, tick=False):
            settle(settlements.deferred, claim_one(), attempt(outcome="deferred", reply="450 later"))
        row = Notification.objects.get()
        waits.append(row.due_at - now)
        now = row.due_at
    assert waits[:-1] == pauses()
    assert timedelta(days=3) <= sum(pauses(), timedelta()) <= timedelta(days=3, hours=4)
    assert (row.state, row.last_reply) == (State.FAILED, "450 later")


def test_broken_is_not_charged_and_says_that_its_outcome_is_unknown(user: User) -> None:
    enqueue(user)
    first = claim_one()
    settle(settlements.broken, first, attempt(outcome="unknown", cause="server.closed"))
    row = Notification.objects.get()
    assert (row.state, row.attempts_count, row.breaks, row.state_label) == (State.WAITING, 0, 1, "Outcome unknown")
    assert row.message_id == first.message_id


def test_given_back_rows_wait_uncharged(user: User) -> None:
    enqueue(user, 2)
    rows = claim()
    settle(settlements.delivered, rows[0], attempt())
    leases.give_back(rows, rows[0].lease_token)
    assert sorted(Notification.objects.values_list("state", "attempts_count")) == [("delivered", 1), ("waiting", 0)]


def test_rows_of_a_killed_worker_may_have_been_handed_over(user: User) -> None:
    enqueue(user)
    claim_one()
    with time_machine.travel(timezone.now() + leases.LEASE + timedelta(seconds=1), tick=False):
        again = claim_one()
    assert again.outcome_unknown
    assert Notification.objects.get().state_label == "Outcome unknown"
    settle(settlements.delivered, again, attempt())
    assert not Notification.objects.get().outcome_unknown


def test_renewed_lease_lasts(user: User) -> None:
    enqueue(user)
    row = claim_one()
    assert row.lease_token is not None
    with time_machine.travel(timezone.now() + leases.LEASE - timedelta(seconds=1), tick=False) as clock:
        leases.renew(row.lease_token)
        clock.shift(leases.LEASE / 2)
        assert claim() == []


def test_urgent_ones_go_first_and_others_now_and_then(user: User) -> None:
    for _ in range(3):
        emails.account_activated(user)
    for _ in range(3):
        emails.password_reset(user)
    assert [row.kind for row in claim(2, bulk_first=True)] == ["account_activated"] * 2
    assert [row.kind for row in claim(4)] == ["password_reset"] * 3 + ["account_activated"]


def test_many_at_once_are_not_urgent(user: User) -> None:
    with outbox.joined():
        for _ in range(2):
            emails.account_locked(user)
    emails.account_locked(user)
    assert list(Notification.objects.order_by("pk").values_list("urgent", flat=True)) == [False, False, True]


def test_many_results_are_settled_at_once(user: User, django_assert_max_num_queries) -> None:
    enqueue(user, 50)
    rows = claim()
    endings = [
        *(settlements.delivered(row, attempt(reply=f"250 {row.pk}", queue_id=f"Q{row.pk}")) for row in rows[:48]),
        settlements.failed(rows[48], attempt(outcome="refused", cause="recipient.unknown")),
    ]
    with django_assert_max_num_queries(5):
        assert settlements.settle(endings, rows[0].lease_token) == 49
    states = [*Notification.objects.order_by("pk").values_list("state", flat=True)]
    assert states == [*["delivered"] * 48, "failed", "sending"]
    assert {row.queue_id for row in Notification.objects.filter(state="delivered")} == {
        f"Q{row.pk}" for row in rows[:48]
    }
    assert Notification.objects.filter(attempts__isnull=False).count() == 49


def test_results_of_a_lease_that_has_ended_change_nothing_but_are_kept(user: User) -> None:
    enqueue(user, 2)
    rows = claim()
    Notification.objects.filter(pk=rows[0].pk).update(lease_token="00000000-0000-0000-0000-000000000000")
    assert settlements.settle([settlements.delivered(row, attempt()) for row in rows], rows[1].lease_token) == 1
    assert Notification.objects.get(pk=rows[0].pk).attempts.count() == 1


def test_schedule_of_retries_is_configurable(settings) -> None:
    settings.RETRY_FIRST_PAUSE = timedelta(seconds=10)
    settings.RETRY_LONGEST_PAUSE = timedelta(seconds=40)
    settings.RETRY_FOR = timedelta(seconds=120)
    assert [pause.seconds for pause in pauses()] == [10, 20, 40, 40, 40]
