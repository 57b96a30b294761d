"""Rows of the outbox, and what a worker does with them."""

import uuid
from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from notifications import emails, leases, settlements
from notifications.leased import Leased
from notifications.models import Notification
from notifications.settlements import Settlement, Try


def attempt(**values: str) -> Try:
    return Try(at=timezone.now(), **{"outcome": "delivered"} | values)


def enqueue(user: User, count: int = 1) -> list[Notification]:
    for _ in range(count):
        emails.account_activated(user)
    return list(Notification.objects.order_by("pk"))[-count:]


def claim(limit: int = 50, **options: bool) -> list[Leased]:
    """As a worker of its own would."""
    return leases.claim(limit, uuid.uuid4(), **options)


def claim_one() -> Leased:
    [row] = claim()
    return row


def settle(ending: Callable[[Leased, Try], Settlement], row: Leased, tried: Try) -> int:
    return settlements.settle([ending(row, tried)], row.lease_token)
