import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications import emails, outbox, settlements
from notifications.models import Notification
from tests.notifications.rows import attempt, claim, claim_one, enqueue, settle

pytestmark = pytest.mark.django_db

State = Notification.State


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
    assert claim() == []


def test_joined_events_are_written_together_at_the_end(user: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1), outbox.joined():
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
    outbox.forget_domain()
    assert enqueue(user)[0].message_id.endswith("@portal.example>")


def test_stored_row_holds_neither_token_nor_text(user: User) -> None:
    emails.account_created(User.objects.create_user("new@corp.example"), actor=user)
    row = Notification.objects.get(recipient="new@corp.example", facts__by="Kari Nordmann")
    assert row.facts == {"by": "Kari Nordmann", "active": False, "hours": 24, "link": "activation"}


def test_cancel_takes_back_what_waits_and_nothing_else(user: User) -> None:
    [row] = enqueue(user)
    assert outbox.cancel(row)
    assert not outbox.cancel(row)
    [other] = enqueue(user)
    claim()
    assert not outbox.cancel(other)


def test_send_again_keeps_the_message_id_unless_it_was_delivered(user: User) -> None:
    [row] = enqueue(user)
    Notification.objects.update(state=State.FAILED, attempts_count=9)
    row.refresh_from_db()
    assert outbox.send_again(row)
    again = Notification.objects.get()
    assert (again.state, again.attempts_count, again.message_id) == (State.WAITING, 0, row.message_id)
    settle(settlements.delivered, claim_one(), attempt())
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


def test_what_is_of_no_use_any_more_expires_also_while_mail_is_held(user: User) -> None:
    emails.password_reset(user)
    emails.password_changed(user)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        outbox.expire()
    assert sorted(Notification.objects.values_list("kind", "state")) == [
        ("password_changed", "waiting"),
        ("password_reset", "expired"),
    ]


def test_what_ended_long_ago_is_pruned(user: User, settings) -> None:
    settings.NOTIFICATION_RETENTION = timedelta(days=30)
    enqueue(user, 3)
    settle(settlements.delivered, claim(1)[0], attempt())
    settle(settlements.failed, claim(1)[0], attempt(outcome="refused"))
    assert outbox.prune() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert outbox.prune(limit=1) == 1
        assert outbox.prune() == 1
    assert [row.state for row in Notification.objects.all()] == [State.WAITING]
    settings.NOTIFICATION_RETENTION = None
    with time_machine.travel(timezone.now() + timedelta(days=900), tick=False):
        assert outbox.prune() == 0
