"""What happened to one account, newest first: its entries in the audit trail, and each notification with its fate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject

from audit.models import Entry
from notifications import fates, queue
from notifications.glance import Glance
from notifications.models import Notification

PAGE = 30


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    entry: Entry | None = None
    notification: Notification | None = None
    reason: str = ""  # why a notification has not reached its reader


@dataclass(frozen=True, slots=True)
class Timeline:
    events: list[Event]
    # Where the next older page begins; None at the end.
    before: datetime | None


def of(user: Any, before: datetime | None = None, seen: Glance | None = None) -> Timeline:
    """`seen`: a glance of now, where the caller has it."""
    mail = cast(queue.Status, SimpleLazyObject(lambda: queue.status(seen=seen)))  # few of them wait
    events = [
        *_newest(Entry.objects.filter(subject=user), "at", before, lambda row: Event(row.at, entry=row)),
        *_newest(
            Notification.objects.filter(user=user),
            "created_at",
            before,
            lambda row: Event(row.created_at, notification=row, reason=fates.reason(row, mail)),
        ),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    end = PAGE
    # What happened at the same moment stays on one page: the next one begins before it.
    while end < len(events) and events[end].at == events[PAGE - 1].at:
        end += 1
    return Timeline(events[:end], events[end - 1].at if len(events) > end else None)


def _newest(rows: QuerySet[Any], column: str, before: datetime | None, event: Callable[[Any], Event]) -> list[Event]:
    if before is not None:
        rows = rows.filter(**{f"{column}__lt": before})
    return [event(row) for row in rows.order_by(f"-{column}")[: PAGE + 1]]
