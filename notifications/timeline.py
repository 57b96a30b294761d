"""What happened to one account, newest first: its entries in the audit trail, and each notification with its fate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils.functional import SimpleLazyObject

from audit.models import Entry
from audit.rows import Row, rows_where
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
        *(Event(row.at, entry=row) for row in _newest(Entry, "subject_id", user, "at", before)),
        *(
            Event(row.created_at, notification=row, reason=fates.reason(row, mail))
            for row in _newest(Notification, "user_id", user, "created_at", before)
        ),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    end = PAGE
    # What happened at the same moment stays on one page: the next one begins before it.
    while end < len(events) and events[end].at == events[PAGE - 1].at:
        end += 1
    return Timeline(events[:end], events[end - 1].at if len(events) > end else None)


def _newest(model: type[Row], owner: str, user: Any, column: str, before: datetime | None) -> Sequence[Row]:
    older = f"AND {column} < %s " if before is not None else ""
    condition = f"{owner} = %s {older}ORDER BY {column} DESC LIMIT {PAGE + 1}"
    return rows_where(model, condition, [user.pk, *([before] if before is not None else [])])
