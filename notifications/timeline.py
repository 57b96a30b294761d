"""What happened to one account, newest first: its entries in the audit trail, and each notification with its fate."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from audit.models import Entry
from audit.rows import Row, Rows, rows_where
from notifications import fates, queue
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


class Newest(NamedTuple):
    """Of each sort the newest rows, one more than fit on a page."""

    entries: Rows[Entry]
    notifications: Rows[Notification]


@dataclass(frozen=True)
class Happened:
    """What the page of an account is drawn from; put in order only where it is drawn."""

    to: Any
    found: Newest
    mail: queue.Status
    # The page begins with what is older than this, if it says so.
    later: datetime | None

    @cached_property
    def timeline(self) -> Timeline:
        return of(self.found, self.mail)


def newest(user: Any, before: datetime | None = None) -> Newest:
    return Newest(
        _newest(Entry, "subject_id", user, "at", before), _newest(Notification, "user_id", user, "created_at", before)
    )


def of(found: Newest, mail: queue.Status) -> Timeline:
    events = [
        *(Event(row.at, entry=row) for row in found.entries),
        *(Event(row.created_at, notification=row, reason=fates.reason(row, mail)) for row in found.notifications),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    end = PAGE
    # What happened at the same moment stays on one page: the next one begins before it.
    while end < len(events) and events[end].at == events[PAGE - 1].at:
        end += 1
    return Timeline(events[:end], events[end - 1].at if len(events) > end else None)


def _newest(model: type[Row], owner: str, user: Any, column: str, before: datetime | None) -> Rows[Row]:
    older = f"AND {column} < %s " if before is not None else ""
    condition = f"{owner} = %s {older}ORDER BY {column} DESC LIMIT {PAGE + 1}"
    return rows_where(model, condition, [user.pk, *([before] if before is not None else [])])
