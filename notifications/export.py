"""Notifications as CSV, for a spreadsheet."""

from collections.abc import Iterator
from datetime import datetime

from audit import spreadsheet
from notifications.models import Notification
from notifications.search import Criteria, batches

COLUMNS = (
    "made", "to", "kind", "state", "outcome_unknown", "attempts", "delivered", "cause", "last_reply", "queue_id",
    "message_id",
)  # fmt: skip


def as_csv(criteria: Criteria) -> Iterator[str]:
    return spreadsheet.lines(_rows(criteria))


def _rows(criteria: Criteria) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for batch in batches(criteria.rows()):
        yield from map(_row, batch)


def _row(row: Notification) -> tuple[str, ...]:
    return (
        _time(row.created_at),
        row.recipient,
        row.kind,
        row.state,
        "yes" if row.outcome_unknown else "",
        str(row.attempts_count),
        _time(row.delivered_at),
        row.cause,
        row.last_reply,
        row.queue_id,
        row.message_id,
    )


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
