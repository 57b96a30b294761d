"""The workers' side of the outbox: a row is leased, tried, and settled.

A claim marks rows with the worker's token until a time; whoever settles says whose lease it is, so that a worker whose
lease has ended changes nothing. A killed worker's rows are free when their lease ends. What is tried, and how, is the
affair of `delivery.py`.

Each function named after an ending says which change of state it is; `settle` writes many of them at once.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Field, Model, Q, QuerySet, Value, When
from django.utils import timezone

from notifications.models import Attempt, Notification
from notifications.outbox import due
from notifications.schedule import pauses

State = Notification.State

# Renewed while the worker works, however long a server thinks; so this is how long a killed worker's rows wait.
LEASE = timedelta(minutes=2)
RENEW_EVERY = timedelta(seconds=20)


def claim(limit: int, token: uuid.UUID, *, bulk_first: bool = False) -> list[Notification]:
    """Lease what is due to the caller: the urgent before the others, the oldest first."""
    now = timezone.now()
    with transaction.atomic():
        rows: list[Notification] = []
        for urgent in (False, True) if bulk_first else (True, False):
            if len(rows) < limit:
                rows += _candidates(now, urgent)[: limit - len(rows)]
        if not rows:
            return []
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.SENDING,
            lease_token=token,
            due_at=now + LEASE,
            # Leased already: its worker died or lost the database, and may have handed it over.
            outcome_unknown=Case(When(state=State.SENDING, then=True), default=F("outcome_unknown")),
        )
    for row in rows:
        row.outcome_unknown = row.outcome_unknown or row.state == State.SENDING
        row.state, row.lease_token = State.SENDING, token
    return rows


def claim_event(event_id: uuid.UUID, token: uuid.UUID) -> list[Notification]:
    """Lease what an event has made and nobody has tried yet, due or not."""
    with transaction.atomic():
        waiting = Notification.objects.filter(event_id=event_id, state=State.WAITING, attempts_count=0)
        waiting.update(state=State.SENDING, lease_token=token, due_at=timezone.now() + LEASE)
    return list(Notification.objects.filter(lease_token=token).select_related("user").order_by("pk"))


def _candidates(now: datetime, urgent: bool) -> QuerySet[Notification]:
    found = Notification.objects.filter(due(now), urgent=urgent).order_by("due_at", "pk").select_related("user")
    if connection.features.has_select_for_update_skip_locked:
        return found.select_for_update(skip_locked=True, of=("self",))
    return found  # SQLite: the transaction began with its lock (transaction_mode IMMEDIATE)


def renew(token: uuid.UUID) -> None:
    """Lengthen what is left of a lease while its holder still works."""
    Notification.objects.filter(lease_token=token, state=State.SENDING).update(due_at=timezone.now() + LEASE)


def give_back(rows: Iterable[Notification], token: uuid.UUID) -> None:
    """Return what was leased and not tried, uncharged: what never failed goes before what has."""
    due_at = Case(When(cause="", then=F("created_at")), default=Value(timezone.now()))
    mine = Notification.objects.filter(pk__in=[row.pk for row in rows], lease_token=token)
    mine.update(state=State.WAITING, lease_token=None, due_at=due_at)


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a try ended: what to write of the notification, and the attempt itself. `change` None: it was delivered."""

    row: Notification
    attempt: Attempt | None
    change: dict[str, Any] | None


def delivered(row: Notification, attempt: Attempt) -> Settlement:
    return Settlement(row, attempt, None)


def failed(row: Notification, attempt: Attempt) -> Settlement:
    return Settlement(row, attempt, {"state": State.FAILED, "attempts_count": row.attempts_count + 1, **_said(attempt)})


def deferred(row: Notification, attempt: Attempt) -> Settlement:
    """Charge the message and let it wait; after the last pause it fails with the last reply."""
    waits = pauses()
    if row.attempts_count >= len(waits):
        return failed(row, attempt)
    due_at = timezone.now() + waits[row.attempts_count]
    change = {"due_at": due_at, "attempts_count": row.attempts_count + 1, "breaks": 0}
    return Settlement(row, attempt, {**_waiting(row, attempt), **change})


def broken(row: Notification, attempt: Attempt) -> Settlement:
    """The connection broke under the message: uncharged at first, and another message goes before it."""
    return Settlement(row, attempt, {**_waiting(row, attempt), "breaks": row.breaks + 1})


def held(row: Notification, attempt: Attempt) -> Settlement:
    """The fault is not this message's: it waits, uncharged."""
    return Settlement(row, attempt, _waiting(row, attempt))


def expired(row: Notification) -> Settlement:
    return Settlement(row, None, {"state": State.EXPIRED})


def withdrawn(row: Notification, reason: str) -> Settlement:
    """Not to be sent after all; `fates.py` has the reasons."""
    return Settlement(row, None, {"state": State.CANCELLED, "cause": reason})


def _waiting(row: Notification, attempt: Attempt) -> dict[str, Any]:
    unknown = row.outcome_unknown or attempt.outcome == Attempt.Outcome.UNKNOWN
    return {"state": State.WAITING, "due_at": timezone.now(), "outcome_unknown": unknown, **_said(attempt)}


def _said(attempt: Attempt) -> dict[str, Any]:
    return {"cause": attempt.cause, "last_reply": attempt.reply}


def settle(settlements: Sequence[Settlement], token: uuid.UUID) -> int:
    """Write how these ended, where the lease is still the caller's; the attempts are kept in any case.

    Returns how many were the caller's.
    """
    if not settlements:
        return 0
    with transaction.atomic():
        settled = _write_delivered([each for each in settlements if each.change is None and each.attempt], token)
        for each in settlements:
            if each.change is not None:
                mine = Notification.objects.filter(pk=each.row.pk, lease_token=token)
                settled += mine.update(lease_token=None, **each.change)
        _write_attempts(settlements)
    return settled


def _write_delivered(settlements: Sequence[Settlement], token: uuid.UUID) -> int:
    """One statement for all, since nearly all end like this: two columns differ from row to row."""
    if not settlements:
        return 0
    now = timezone.now()
    same = {"state": State.DELIVERED.value, "delivered_at": now, "due_at": now, "outcome_unknown": False, "cause": ""}
    columns = {name: _stored(Notification, name, value) for name, value in same.items()}
    table = _table(Notification)
    rows = [
        {"id": each.row.pk, "reply": each.attempt.reply, "queue_id": each.attempt.queue_id}
        for each in settlements
        if each.attempt
    ]
    statement = (
        f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in columns)}, lease_token = NULL, "  # noqa: S608  our names
        "attempts_count = attempts_count + 1, last_reply = given.reply, queue_id = given.queue_id "
        f"FROM {_given(id='bigint', reply='text', queue_id='text')} WHERE {table}.id = given.id AND lease_token = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, (*columns.values(), json.dumps(rows), _stored(Notification, "lease_token", token)))
        return int(cursor.rowcount)


def _write_attempts(settlements: Iterable[Settlement]) -> None:
    texts = ("outcome", "server", "stage", "cause", "reply", "queue_id", "worker")
    rows = [
        {
            "notification_id": each.row.pk,
            "at": str(_stored(Attempt, "at", each.attempt.at)),
            "settings_version": each.attempt.settings_version,
            **{name: getattr(each.attempt, name) for name in texts},
        }
        for each in settlements
        if each.attempt is not None
    ]
    kinds = {"notification_id": "bigint", "at": "timestamptz", "settings_version": "integer"} | dict.fromkeys(
        texts, "text"
    )
    names = ", ".join(kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(Attempt)} ({names}) SELECT {names} FROM {_given(**kinds)}",  # noqa: S608  our names
            (json.dumps(rows),),
        )


def _given(**columns: str) -> str:
    """A parameter of JSON as a table: as many rows as one likes for the price of one value."""
    if connection.vendor == "postgresql":
        kinds = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"json_to_recordset(%s::json) AS given({kinds})"
    values = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"(SELECT {values} FROM json_each(%s)) AS given"  # noqa: S608  our names


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _stored(model: type[Model], name: str, value: Any) -> Any:
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]  # a column, no relation
    return field.get_db_prep_save(value, connection)


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
