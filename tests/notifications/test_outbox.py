import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from notifications import emails, outbox
from notifications.models import Attempt, Notification

pytestmark = pytest.mark.django_db

State = Notification.State


def attempt(**values: str) -> Attempt:
    return Attempt(at=timezone.now(), **{"outcome": "delivered"} | values)


def enqueue(user: User, count: int = 1) -> list[Notification]:
    for _ in range(count):
        emails.account_activated(user)
    return list(Notification.objects.order_by("pk"))[-count:]


def claim_one() -> Notification:
    [row] = outbox.claim()
    return row


def test_enqueue_makes_one_row_for_an_event(user: User) -> None:
    event = uuid.uuid4()
    for _ in range(2):
        emails.password_changed(user, event_id=event)
    row = Notification.objects.get()
    assert (row.recipient, row.kind, row.state) == ("kari@corp.example", "password_changed", State.WAITING)


@pytest.mark.django_db(transaction=True)
def test_enqueue_goes_with_the_change_that_it_tells_of(user: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        emails.account_activated(user)
        raise RuntimeError
    assert Notification.objects.count() == 0


def test_enqueue_for_somebody_without_an_address_says_why_nothing_is_sent(user: User) -> None:
    user.email = ""
    emails.account_activated(user)
    row = Notification.objects.get()
    assert (row.state, row.cause) == ("suppressed", "not_sent.no_address")
    assert not row.can_send_again
    assert outbox.claim() == []


def test_joined_events_are_written_together_at_the_end(user: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(2), outbox.joined():  # whose sender, and the rows
        for _ in range(3):
            emails.account_activated(user)
    rows = Notification.objects.all()
    assert len({row.event_id for row in rows}) == len({row.message_id for row in rows}) == 3


def test_joined_events_that_break_off_are_not_written(user: User) -> None:
    with pytest.raises(RuntimeError), outbox.joined():
        emails.account_activated(user)
        raise RuntimeError
    emails.account_activated(user)
    assert Notification.objects.count() == 1


def test_message_id_is_on_the_domain_of_the_sender(user: User, settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "no-reply@portal.example"
    assert enqueue(user)[0].message_id.endswith("@portal.example>")


def test_stored_row_holds_neither_token_nor_text(user: User) -> None:
    emails.account_created(User.objects.create_user("new@corp.example"), actor=user)
    row = Notification.objects.get(recipient="new@corp.example", facts__by="Kari Nordmann")
    assert row.facts == {"by": "Kari Nordmann", "active": False, "hours": 24, "link": "activation"}


def test_claim_takes_the_oldest_first_and_leases_them(user: User) -> None:
    rows = enqueue(user, 3)
    claimed = outbox.claim(2)
    assert [row.pk for row in claimed] == [rows[0].pk, rows[1].pk]
    assert {(row.state, row.lease_token is not None) for row in claimed} == {(State.SENDING, True)}
    assert [row.pk for row in outbox.claim()] == [rows[2].pk]
    assert outbox.claim() == []


def test_claim_leaves_what_is_not_due(user: User) -> None:
    [row] = enqueue(user)
    Notification.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert outbox.claim() == []
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert [claimed.pk for claimed in outbox.claim()] == [row.pk]


def test_lease_of_a_killed_worker_ends(user: User) -> None:
    enqueue(user)
    first = claim_one()
    with time_machine.travel(timezone.now() + outbox.LEASE + timedelta(seconds=1), tick=False):
        second = claim_one()
        assert second.lease_token != first.lease_token
        assert not outbox.settle_delivered(first, attempt())
        assert outbox.settle_delivered(second, attempt())
    assert Notification.objects.get().state == State.DELIVERED


def test_lease_written_before_the_clock_was_set_back_is_void(user: User) -> None:
    enqueue(user)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        claim_one()
    assert claim_one().state == State.SENDING


@pytest.mark.django_db(transaction=True)
def test_claims_of_many_workers_never_overlap(user: User) -> None:
    enqueue(user, 60)
    claimed: list[int] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        while rows := outbox.claim(7):
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
    outbox.settle_delivered(claim_one(), attempt(reply="250 2.0.0 Ok: queued as 4F", queue_id="4F"))
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
    for _ in range(len(outbox.PAUSES) + 1):
        with time_machine.travel(now, tick=False):
            outbox.settle_deferred(claim_one(), attempt(outcome="deferred", reply="450 later"))
        row = Notification.objects.get()
        waits.append(row.due_at - now)
        now = row.due_at
    assert waits[:-1] == outbox.PAUSES
    assert timedelta(days=3) <= sum(outbox.PAUSES, timedelta()) <= timedelta(days=3, hours=4)
    assert (row.state, row.last_reply) == (State.FAILED, "450 later")


def test_broken_is_not_charged_and_says_that_its_outcome_is_unknown(user: User) -> None:
    enqueue(user)
    first = claim_one()
    outbox.settle_broken(first, attempt(outcome="unknown", cause="server.closed"))
    row = Notification.objects.get()
    assert (row.state, row.attempts_count, row.breaks, row.state_label) == (State.WAITING, 0, 1, "Outcome unknown")
    assert row.message_id == first.message_id


def test_given_back_rows_wait_uncharged(user: User) -> None:
    enqueue(user, 2)
    rows = outbox.claim()
    outbox.settle_delivered(rows[0], attempt())
    outbox.give_back(rows[0].lease_token)
    assert sorted(Notification.objects.values_list("state", "attempts_count")) == [("delivered", 1), ("waiting", 0)]


def test_cancel_takes_back_what_waits_and_nothing_else(user: User) -> None:
    [row] = enqueue(user)
    assert outbox.cancel(row)
    assert not outbox.cancel(row)
    [other] = enqueue(user)
    outbox.claim()
    assert not outbox.cancel(other)


def test_send_again_keeps_the_message_id_unless_it_was_delivered(user: User) -> None:
    [row] = enqueue(user)
    Notification.objects.update(state=State.FAILED, attempts_count=9)
    row.refresh_from_db()
    assert outbox.send_again(row)
    again = Notification.objects.get()
    assert (again.state, again.attempts_count, again.message_id) == (State.WAITING, 0, row.message_id)
    outbox.settle_delivered(claim_one(), attempt())
    again.refresh_from_db()
    assert outbox.send_again(again)
    assert Notification.objects.get().message_id != row.message_id


def test_send_again_of_a_waiting_one_does_nothing(user: User) -> None:
    [row] = enqueue(user)
    assert not outbox.send_again(row)


def test_notifications_go_with_a_deleted_account(user: User) -> None:
    enqueue(user)
    user.delete()
    assert Notification.objects.count() == 0
