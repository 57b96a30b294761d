"""Deliveries to real servers, and what their refusals do to the outbox."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.smtp import SMTP
from django.utils import timezone

from accounts.models import User
from notifications import delivery, emails, outbox, queue
from notifications.models import Attempt, Notification, Queue
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer, mail_server

pytestmark = pytest.mark.django_db

State = Notification.State


def people(count: int) -> list[User]:
    made = [User.objects.create_user(f"user{number}@corp.example") for number in range(count)]
    Notification.objects.all().delete()
    return made


def states() -> list[tuple[str, int]]:
    return list(Notification.objects.order_by("pk").values_list("state", "attempts_count"))


def recipients(server: MailServer) -> list[str]:
    return [received.recipients[0] for received in server.received]


def test_nothing_due_asks_no_server() -> None:
    save_settings(1)
    assert delivery.deliver_due() == delivery.Summary()


def test_due_notifications_are_delivered_in_order(open_server: MailServer) -> None:
    save_settings(open_server.port, connections=1)
    users = people(5)
    for user in users:
        emails.account_activated(user)
    assert delivery.deliver_due() == delivery.Summary(delivered=5)
    assert recipients(open_server) == [user.email for user in users]
    assert states() == [(State.DELIVERED, 1)] * 5
    row = Notification.objects.order_by("pk").first()
    assert row.queue_id == "TEST1"
    attempt = row.attempts.get()
    assert (attempt.outcome, attempt.settings_version, attempt.reply) == (
        "delivered",
        1,
        "250 2.0.0 Ok: queued as TEST1",
    )
    message = message_from_bytes(open_server.received[0].content, policy=policy.default)
    assert (message["Message-ID"], message["From"]) == (row.message_id, "NOC <noc@corp.example>")
    assert open_server.received[0].sender == "noc@corp.example"


def test_settings_that_are_missing_hold_the_queue(user: User) -> None:
    emails.account_activated(user)
    assert delivery.deliver_due() == delivery.Summary(held=True)
    assert states() == [(State.WAITING, 0)]
    assert (queue.status().state, queue.status().waiting) == ("not_configured", 1)


def test_password_that_no_longer_fits_holds_the_queue_and_is_not_sent(user: User) -> None:
    with mail_server(users={"portal": "Sealed-9-here"}) as server:
        saved = save_settings(server.port, authentication=True, username="portal")
        saved.set_password("Sealed-9-here")
        saved.save()
        SMTPSettings.objects.update(server_address="localhost")
        emails.account_activated(user)
        assert delivery.deliver_due().held
        assert server.sign_ins == []
    assert queue.status().cause == "settings.destination_changed"


def test_server_that_is_away_holds_the_queue_and_charges_nobody(user: User) -> None:
    save_settings(1)
    for _ in range(3):
        emails.account_activated(user)
    assert delivery.deliver_due() == delivery.Summary(held=True)
    assert states() == [(State.WAITING, 0)] * 3
    status = queue.status()
    assert (status.state, status.cause, status.waiting) == ("held", "connect.refused", 3)


def test_held_queue_waits_longer_each_time_and_flows_when_the_server_is_back(
    user: User, open_server: MailServer
) -> None:
    saved = save_settings(1)
    for _ in range(3):
        emails.account_activated(user)
    now = timezone.now()
    pauses = []
    for _ in range(4):
        with time_machine.travel(now, tick=False):
            assert delivery.deliver_due().held
            assert delivery.deliver_due() == delivery.Summary(held=True)
        next_trial = Queue.objects.get().next_trial_at
        pauses.append(next_trial - now)
        now = next_trial
    assert pauses == sorted(pauses)
    assert pauses[0] <= timedelta(seconds=12)
    SMTPSettings.objects.update(port=open_server.port)
    with time_machine.travel(now + timedelta(seconds=1), tick=False):
        assert delivery.deliver_due() == delivery.Summary(delivered=3)
    assert queue.status().state == "working"
    assert saved.version == 1


def test_saved_settings_are_tried_at_once(user: User, open_server: MailServer) -> None:
    save_settings(1)
    emails.account_activated(user)
    delivery.deliver_due()
    save_settings(open_server.port)
    assert delivery.deliver_due() == delivery.Summary(delivered=1)


def test_refusal_of_one_recipient_ends_that_one_message(open_server: MailServer) -> None:
    save_settings(open_server.port)
    open_server.refuse["user1@corp.example"] = "550 5.1.1 No such user here"
    for user in people(3):
        emails.account_activated(user)
    assert delivery.deliver_due() == delivery.Summary(delivered=2, failed=1)
    assert states() == [(State.DELIVERED, 1), (State.FAILED, 1), (State.DELIVERED, 1)]
    refused = Notification.objects.get(state=State.FAILED)
    assert (refused.cause, refused.last_reply) == ("recipient.unknown", "550 5.1.1 No such user here")
    [said] = refused.attempts.values_list("dialogue", flat=True)
    assert said.startswith(f"-- connected to 127.0.0.1 port {open_server.port}\nS: 220 ")
    assert "C: RCPT TO:<user1@corp.example>\nS: 550 5.1.1 No such user here" in said
    assert "user0@" not in said
    assert set(Attempt.objects.exclude(notification=refused).values_list("dialogue", flat=True)) == {""}


def test_temporary_refusal_of_one_recipient_waits_on_its_own_schedule(open_server: MailServer) -> None:
    save_settings(open_server.port)
    open_server.refuse["user0@corp.example"] = "450 4.2.0 Greylisted, please try again later"
    for user in people(2):
        emails.account_activated(user)
    assert delivery.deliver_due() == delivery.Summary(delivered=1, deferred=1)
    waiting = Notification.objects.get(state=State.WAITING)
    assert (waiting.cause, waiting.attempts_count) == ("recipient.greylisted", 1)
    open_server.refuse.clear()
    assert delivery.deliver_due() == delivery.Summary()
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert delivery.deliver_due() == delivery.Summary(delivered=1)
    assert Notification.objects.get(pk=waiting.pk).message_id == waiting.message_id


def test_ten_refusals_for_one_cause_hold_the_queue(open_server: MailServer) -> None:
    save_settings(open_server.port)
    for user in people(12):
        open_server.refuse[user.email] = "554 5.7.1 Relay access denied"
        emails.account_activated(user)
    summary = delivery.deliver_due()
    assert (summary.held, summary.failed) == (True, 9)
    assert states()[9:] == [(State.WAITING, 0)] * 3
    assert queue.status().cause == "recipient.relay_denied"


class ClosesBeforeItsReply(SMTP):
    """Takes a message and closes without the reply to the final dot, as often as told."""

    times = 1

    async def push(self, status: str) -> None:
        if status.startswith("250 2.0.0 Ok: queued") and type(self).times:
            type(self).times -= 1
            self.transport.close()
            return
        await super().push(status)


def test_message_whose_reply_never_came_is_unknown_and_sent_again_under_its_id(user: User) -> None:
    ClosesBeforeItsReply.times = 1
    with mail_server(protocol=ClosesBeforeItsReply) as server:
        save_settings(server.port)
        emails.account_activated(user)
        assert delivery.deliver_due() == delivery.Summary(delivered=1)
    row = Notification.objects.get()
    assert [attempt.outcome for attempt in row.attempts.all()] == [Attempt.Outcome.UNKNOWN, Attempt.Outcome.DELIVERED]
    sent = [message_from_bytes(received.content)["Message-ID"] for received in server.received]
    assert sent == [row.message_id, row.message_id]
    said = row.attempts.first().dialogue
    assert re.search(r"C: DATA\nS: 354 .*\n-- the message, \d+ bytes\n-- the server closed the connection$", said)


def test_message_on_which_two_connections_broke_is_charged(user: User) -> None:
    ClosesBeforeItsReply.times = 2
    with mail_server(protocol=ClosesBeforeItsReply) as server:
        save_settings(server.port)
        emails.account_activated(user)
        assert delivery.deliver_due() == delivery.Summary(deferred=1)
    row = Notification.objects.get()
    assert (row.state, row.attempts_count, row.state_label) == (State.WAITING, 1, "Outcome unknown")


def test_server_that_always_breaks_holds_the_queue(open_server: MailServer) -> None:
    ClosesBeforeItsReply.times = 100
    with mail_server(protocol=ClosesBeforeItsReply) as server:
        save_settings(server.port)
        for user in people(5):
            emails.account_activated(user)
        assert delivery.deliver_due().held
    assert queue.status().cause == "server.closed"
    assert {count for _, count in states()} == {0}


def test_message_that_cannot_be_made_lets_the_others_leave(open_server: MailServer) -> None:
    save_settings(open_server.port)
    first, second = people(2)
    outbox.enqueue("no_such_kind", first, {})
    emails.account_activated(second)
    assert delivery.deliver_due() == delivery.Summary(delivered=1, deferred=1)
    assert recipients(open_server) == [second.email]
    assert "could not be made: TemplateDoesNotExist" in Notification.objects.get(kind="no_such_kind").last_reply
