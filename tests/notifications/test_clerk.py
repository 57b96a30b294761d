"""Claims and settlements beside the conversation; on PostgreSQL (`test_on_postgresql.py`) in a thread of their own."""

from collections import Counter
from email import message_from_bytes
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from notifications import delivery, outbox, settlements
from notifications.models import Attempt, Notification
from tests.notifications.conftest import save_settings
from tests.notifications.rows import enqueue
from tests.servers.aiosmtp import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def many(user: User, open_server: MailServer) -> int:
    save_settings(open_server.port, connections=4)
    with outbox.joined():
        enqueue(user, 400)
    return 400


def states() -> Counter[str]:
    return Counter(Notification.objects.values_list("state", flat=True))


def test_each_is_delivered_and_written_once(many: int, open_server: MailServer) -> None:
    assert delivery.deliver_due().delivered == many
    assert states() == {"delivered": many}
    assert Counter(Attempt.objects.values_list("outcome", flat=True)) == {"delivered": many}
    identifiers = Counter(message_from_bytes(message.content)["Message-ID"] for message in open_server.received)
    assert (len(identifiers), set(identifiers.values())) == (many, {1})


def test_what_was_claimed_and_not_tried_when_it_ends_is_given_back(many: int, open_server: MailServer) -> None:
    summary = delivery.Summary()

    def told(so_far: delivery.Summary) -> None:
        summary.delivered = so_far.delivered

    delivery.deliver_due(progress=told, stop=lambda: summary.delivered >= 30)
    assert 30 <= summary.delivered < many
    assert states() == {"delivered": summary.delivered, "waiting": many - summary.delivered}
    assert len(open_server.received) == summary.delivered
    assert not Notification.objects.exclude(lease_token=None).exists()


def test_a_defect_beside_the_conversation_ends_it(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: Any) -> int:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(settlements, "settle", defect)
        with pytest.raises(ZeroDivisionError):
            delivery.deliver_due()
    assert "sending" in states()  # may have been accepted: their leases end by themselves


def test_within_a_transaction_everything_belongs_to_it(many: int) -> None:
    with transaction.atomic():
        assert delivery.deliver_due().delivered == many
        transaction.set_rollback(True)
    assert states() == {"waiting": many}
    assert not connection.in_atomic_block
