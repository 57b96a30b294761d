"""How a try ended, and what is written of it.

Each function named after an ending says which change of state it is; `settle` writes many of them at once. Whoever
settles says whose lease it is, so that a worker whose lease has ended changes nothing.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model
from django.utils import timezone

from notifications import given
from notifications.leased import Leased
from notifications.models import Attempt, Notification
from notifications.schedule import pauses

State = Notification.State


@dataclass(slots=True)
class Try:
    """An attempt that is not written yet: the columns of `Attempt` without the price of a model for each message."""

    at: datetime
    outcome: str
    server: str = ""
    stage: str = ""
    cause: str = ""
    reply: str = ""
    queue_id: str = ""
    worker: str = ""
    settings_version: int = 0
    dialogue: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a try ended: what to write of the notification, and the attempt itself. `change` None: it was delivered."""

    row: Leased
    attempt: Try | None
    change: dict[str, Any] | None


def delivered(row: Leased, attempt: Try) -> Settlement:
    return Settlement(row, attempt, None)


def failed(row: Leased, attempt: Try) -> Settlement:
    return Settlement(row, attempt, {"state": State.FAILED, "attempts_count": row.attempts_count + 1, **_said(attempt)})


def deferred(row: Leased, attempt: Try) -> Settlement:
    """Charge the message and let it wait; after the last pause it fails with the last reply."""
    waits = pauses()
    if row.attempts_count >= len(waits):
        return failed(row, attempt)
    due_at = timezone.now() + waits[row.attempts_count]
    change = {"due_at": due_at, "attempts_count": row.attempts_count + 1, "breaks": 0}
    return Settlement(row, attempt, {**_waiting(row, attempt), **change})


def broken(row: Leased, attempt: Try) -> Settlement:
    """The connection broke under the message: uncharged at first, and another message goes before it."""
    return Settlement(row, attempt, {**_waiting(row, attempt), "breaks": row.breaks + 1})


def held(row: Leased, attempt: Try) -> Settlement:
    """The fault is not this message's: it waits, uncharged."""
    return Settlement(row, attempt, _waiting(row, attempt))


def expired(row: Leased) -> Settlement:
    return Settlement(row, None, {"state": State.EXPIRED})


def withdrawn(row: Leased, reason: str) -> Settlement:
    """Not to be sent after all; `fates.py` has the reasons."""
    return Settlement(row, None, {"state": State.CANCELLED, "cause": reason})


def _waiting(row: Leased, attempt: Try) -> dict[str, Any]:
    unknown = row.outcome_unknown or attempt.outcome == Attempt.Outcome.UNKNOWN
    return {"state": State.WAITING, "due_at": timezone.now(), "outcome_unknown": unknown, **_said(attempt)}


def _said(attempt: Try) -> dict[str, Any]:
    return {"cause": attempt.cause, "last_reply": attempt.reply}


def settle(settlements: Sequence[Settlement], token: uuid.UUID) -> int:
    """Write how these ended, where the lease is still the caller's; the attempts are kept in any case.

    Returns how many were the caller's.
    """
    arrived = [each for each in settlements if each.change is None]
    tried = [each for each in settlements if each.attempt is not None]
    statements = [*_write_delivered(arrived, token), *_write_attempts(tried)]
    if len(arrived) == len(settlements):
        return _execute(statements)
    with transaction.atomic():
        settled = 0
        for each in settlements:
            if each.change is not None:
                mine = Notification.objects.filter(pk=each.row.pk, lease_token=token)
                settled += mine.update(lease_token=None, **each.change)
        return settled + _execute(statements)


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    parameters: tuple[Any, ...]
    # Whether the rows that it changes are what was settled.
    counts: bool


def _execute(statements: Sequence[_Statement]) -> int:
    """All or none of them; returns how many rows were settled."""
    if connection.vendor == "postgresql" and not getattr(connection.features, "uses_server_side_binding", False):
        # Sent as one they are one transaction, and one round trip where begin and commit would make it four.
        with connection.cursor() as cursor:
            cursor.execute(
                "; ".join(each.text for each in statements), [x for each in statements for x in each.parameters]
            )
            settled = 0
            for each in statements:
                settled += int(cursor.rowcount) if each.counts else 0
                cursor.nextset()
            return settled
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        settled = 0
        for each in statements:
            cursor.execute(each.text, each.parameters)
            settled += int(cursor.rowcount) if each.counts else 0
        return settled


def _write_delivered(settlements: Sequence[Settlement], token: uuid.UUID) -> Iterator[_Statement]:
    """One statement for all, since nearly all end like this: two columns differ from row to row."""
    rows = [[each.row.pk, each.attempt.reply, each.attempt.queue_id] for each in settlements if each.attempt]
    if not rows:
        return
    now = timezone.now()
    same = {"state": State.DELIVERED.value, "delivered_at": now, "due_at": now, "outcome_unknown": False, "cause": ""}
    columns = {name: _stored(Notification, name, value) for name, value in same.items()}
    table = _table(Notification)
    rows_given = given.table(id="bigint", reply="text", queue_id="text")
    text = (
        f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in columns)}, lease_token = NULL, "  # noqa: S608  our names
        "attempts_count = attempts_count + 1, last_reply = given.reply, queue_id = given.queue_id "
        f"FROM {rows_given} WHERE {table}.id = given.id AND lease_token = %s"
    )
    own = _stored(Notification, "lease_token", token)
    yield _Statement(text, (*columns.values(), json.dumps(rows), own), counts=True)


def _write_attempts(settlements: Sequence[Settlement]) -> Iterator[_Statement]:
    tries = [(each.row.pk, each.attempt) for each in settlements if each.attempt]
    if not tries:
        return
    kinds = {"notification_id": "bigint", "at": "timestamptz", "settings_version": "integer"} | dict.fromkeys(
        _TEXTS, "text"
    )
    names = ", ".join(kinds)
    at = connection.ops.adapt_datetimefield_value
    rows = [[pk, str(at(tried.at)), tried.settings_version, *_texts_of(tried)] for pk, tried in tries]
    text = f"INSERT INTO {_table(Attempt)} ({names}) SELECT {names} FROM {given.table(**kinds)}"  # noqa: S608  our names
    yield _Statement(text, (json.dumps(rows),), counts=False)


_TEXTS = ("outcome", "server", "stage", "cause", "reply", "queue_id", "worker", "dialogue")
_texts_of = attrgetter(*_TEXTS)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _stored(model: type[Model], name: str, value: Any) -> Any:
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]  # a column, no relation
    return field.get_db_prep_save(value, connection)
