"""The workers' side of the outbox: rows are leased before they are tried.

A claim marks rows with the worker's token until a time. A killed worker's rows are free when their lease ends. What is
tried, and how, is the affair of `delivery.py`; how it ended is written by `settlements.py`.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from notifications import given, leased
from notifications.leased import Leased
from notifications.models import Notification
from notifications.outbox import due
from notifications.schedule import pauses

State = Notification.State

# Renewed while the worker works, however long a server thinks; so this is how long a killed worker's rows wait.
LEASE = timedelta(minutes=2)
RENEW_EVERY = timedelta(seconds=20)


def claim(limit: int, token: uuid.UUID, *, bulk_first: bool = False) -> list[Leased]:
    """Lease what is due to the caller: the urgent before the others, the oldest first."""
    now = timezone.now()
    with transaction.atomic():
        rows: list[Leased] = []
        for urgent in (False, True) if bulk_first else (True, False):
            if len(rows) < limit:
                rows += leased.read(_candidates(now, urgent)[: limit - len(rows)], token)
        if rows:
            _these(rows).update(
                state=State.SENDING,
                lease_token=token,
                due_at=now + LEASE,
                outcome_unknown=Case(When(state=State.SENDING, then=True), default=F("outcome_unknown")),
            )
    return rows


def claim_event(event_id: uuid.UUID, token: uuid.UUID) -> list[Leased]:
    """Lease what an event has made and nobody has tried yet, due or not."""
    with transaction.atomic():
        waiting = Notification.objects.filter(event_id=event_id, state=State.WAITING, attempts_count=0).order_by("pk")
        rows = leased.read(_locked(waiting), token)
        _these(rows).update(state=State.SENDING, lease_token=token, due_at=timezone.now() + LEASE)
    return rows


def _candidates(now: datetime, urgent: bool) -> QuerySet[Notification]:
    return _locked(Notification.objects.filter(due(now), urgent=urgent).order_by("due_at", "pk"))


def _locked(found: QuerySet[Notification]) -> QuerySet[Notification]:
    if connection.features.has_select_for_update_skip_locked:
        return found.select_for_update(skip_locked=True)
    return found  # SQLite: the transaction began with its lock (transaction_mode IMMEDIATE)


def _these(rows: Iterable[Leased]) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__in=given.keys(Notification, (row.pk for row in rows)))


def renew(token: uuid.UUID) -> None:
    """Lengthen what is left of a lease while its holder still works."""
    Notification.objects.filter(lease_token=token, state=State.SENDING).update(due_at=timezone.now() + LEASE)


def give_back(rows: Iterable[Leased], token: uuid.UUID) -> None:
    """Return what was leased and not tried, uncharged: what never failed goes before what has."""
    due_at = Case(When(cause="", then=F("created_at")), default=Value(timezone.now()))
    mine = _these(rows).filter(lease_token=token)
    mine.update(state=State.WAITING, lease_token=None, due_at=due_at)


def mend_times() -> None:
    """A clock that was set back leaves leases and waits that end too late: those that nobody can have meant end."""
    now = timezone.now()
    late_from = now + timedelta(minutes=1)
    waits = pauses()
    waiting = Q(attempts_count=0)
    for charged, wait in enumerate(waits, start=1):
        last = wait == waits[-1]
        waiting |= Q(**{"attempts_count__gte" if last else "attempts_count": charged}, due_at__gt=late_from + wait)
        if last:
            break
    leased = Q(state=State.SENDING, due_at__gt=late_from + LEASE)
    late = Notification.objects.filter(leased | Q(waiting, state=State.WAITING), due_at__gt=late_from)
    late.update(state=State.WAITING, lease_token=None, due_at=now)
