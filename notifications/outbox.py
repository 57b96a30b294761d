"""The outbox: what becomes of a notification, from the row's birth to its last state.

`enqueue` writes the row in the caller's transaction, `joined` those of many events at once; `claim` leases a batch to a
worker; the `settle_…` functions and `give_back` end a lease, each guarded by `lease_token = mine`, so that a worker
whose lease has ended changes nothing. What is sent, and how, is the affair of `messages.py` and `delivery.py`.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from notifications import fates, nudge
from notifications.models import Attempt, Notification
from notifications.people import language_of
from settings_app.models import SMTPSettings

State = Notification.State

BATCH = 50
# Longer than RFC 5321 section 4.5.3.2.6 lets a server think over the final dot (10 minutes).
LEASE = timedelta(minutes=15)
# After a temporary refusal of one recipient: 1 minute to 4 hours, over 3 days in all.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120)] + [timedelta(hours=4)] * 18

_gathered: ContextVar[list[Notification] | None] = ContextVar("gathered_notifications", default=None)


def enqueue(
    kind: str,
    user: Any,
    facts: Mapping[str, Any],
    *,
    recipient: str = "",
    event_id: uuid.UUID | None = None,
    suppressed: str = "",
) -> None:
    """One row in the caller's transaction; nothing when this event was told already.

    With a reason in `suppressed`, and for a user without an address, the row only says why nothing is sent.
    """
    address = recipient or getattr(user, "email", "")
    if not address:
        suppressed = fates.NO_ADDRESS
    now = timezone.now()
    encoder = DjangoJSONEncoder()
    row = Notification(
        kind=kind,
        event_id=event_id or uuid.uuid4(),
        user=user,
        recipient=address,
        language=language_of(user),
        facts={name: encoder.default(value) if isinstance(value, datetime) else value for name, value in facts.items()},
        state=State.SUPPRESSED if suppressed else State.WAITING,
        cause=suppressed,
        due_at=now,
        created_at=now,
    )
    gathered = _gathered.get()
    if gathered is None:
        write([row])
    else:
        gathered.append(row)


@contextmanager
def gathered() -> Iterator[list[Notification]]:
    """Within it nothing is written: `enqueue` adds to the list that this gives."""
    rows: list[Notification] = []
    token = _gathered.set(rows)
    try:
        yield rows
    finally:
        _gathered.reset(token)


@contextmanager
def joined() -> Iterator[None]:
    """Within it, `enqueue` puts rows by; at the end they are written with one statement for many."""
    with gathered() as rows:
        yield
    write(rows)


def write(rows: Sequence[Notification]) -> None:
    if not rows:
        return
    sender = SMTPSettings.load().sender
    for row in rows:
        row.message_id = new_message_id(sender)
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    nudge.on_commit()


def new_message_id(sender: str = "") -> str:
    """An identifier on the domain that the e-mails come from, which is what receivers compare it with."""
    domain = (sender or SMTPSettings.load().sender).rpartition("@")[2]
    return make_msgid(domain=domain.encode("idna").decode() if not domain.isascii() else domain)


def due(now: datetime) -> Q:
    """What a worker may take: waiting and due, or leased to a worker whose lease has ended.

    A lease that ends later than now plus its full length was written before the clock was set back, and is void.
    """
    return Q(state__in=Notification.OPEN) & (
        Q(due_at__lte=now) | Q(state=State.SENDING, due_at__gt=now + LEASE + timedelta(minutes=1))
    )


def claim(limit: int = BATCH, *, except_for: Sequence[int] = ()) -> list[Notification]:
    """Lease the oldest that are due to the caller, under a token of its own."""
    now, token = timezone.now(), uuid.uuid4()
    candidates = Notification.objects.filter(due(now)).exclude(pk__in=except_for).order_by("due_at", "pk")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            candidates = candidates.select_for_update(skip_locked=True)
        keys = list(candidates.values_list("pk", flat=True)[:limit])
        if not keys:
            return []
        Notification.objects.filter(due(now), pk__in=keys).update(
            state=State.SENDING, lease_token=token, due_at=now + LEASE
        )
    mine = Notification.objects.filter(lease_token=token).select_related("user").in_bulk(keys)
    return [mine[key] for key in keys if key in mine]


def renew(token: uuid.UUID) -> None:
    """Lengthen what is left of a lease while its holder still works."""
    Notification.objects.filter(lease_token=token).update(due_at=timezone.now() + LEASE)


def give_back(token: uuid.UUID) -> None:
    """Return what was leased and not tried, uncharged: what never failed goes before what has."""
    due_at = Case(When(cause="", then=F("created_at")), default=Value(timezone.now()))
    Notification.objects.filter(lease_token=token).update(state=State.WAITING, lease_token=None, due_at=due_at)


def settle(row: Notification, attempt: Attempt, **values: Any) -> bool:
    """Write how a try ended, if the lease is still the caller's; the attempt is kept in any case."""
    with transaction.atomic():
        mine = Notification.objects.filter(pk=row.pk, lease_token=row.lease_token)
        settled = mine.update(lease_token=None, **values) == 1
        attempt.notification = row
        attempt.save(force_insert=True)
    return settled


def settle_delivered(row: Notification, attempt: Attempt) -> bool:
    now = timezone.now()
    return settle(
        row,
        attempt,
        state=State.DELIVERED,
        delivered_at=now,
        due_at=now,
        attempts_count=row.attempts_count + 1,
        outcome_unknown=False,
        cause="",
        last_reply=attempt.reply,
        queue_id=attempt.queue_id,
    )


def settle_failed(row: Notification, attempt: Attempt) -> bool:
    return settle(
        row,
        attempt,
        state=State.FAILED,
        attempts_count=row.attempts_count + 1,
        cause=attempt.cause,
        last_reply=attempt.reply,
    )


def settle_deferred(row: Notification, attempt: Attempt) -> bool:
    """Charge the message and let it wait; after the last pause it fails with the last reply."""
    if row.attempts_count >= len(PAUSES):
        return settle_failed(row, attempt)
    return settle(
        row,
        attempt,
        state=State.WAITING,
        due_at=timezone.now() + PAUSES[row.attempts_count],
        attempts_count=row.attempts_count + 1,
        breaks=0,
        outcome_unknown=row.outcome_unknown or attempt.outcome == Attempt.Outcome.UNKNOWN,
        cause=attempt.cause,
        last_reply=attempt.reply,
    )


def settle_broken(row: Notification, attempt: Attempt) -> bool:
    """The connection broke under the message: uncharged at first, and another message goes before it."""
    return settle(
        row,
        attempt,
        state=State.WAITING,
        due_at=timezone.now(),
        breaks=row.breaks + 1,
        outcome_unknown=row.outcome_unknown or attempt.outcome == Attempt.Outcome.UNKNOWN,
        cause=attempt.cause,
        last_reply=attempt.reply,
    )


def settle_held(row: Notification, attempt: Attempt) -> bool:
    """The fault is not this message's: it waits, uncharged."""
    return settle(
        row, attempt, state=State.WAITING, due_at=timezone.now(), cause=attempt.cause, last_reply=attempt.reply
    )


def cancel(row: Notification) -> bool:
    """Take a waiting one back; False when it is under way or has ended."""
    waiting = Notification.objects.filter(pk=row.pk, state=State.WAITING)
    return waiting.update(state=State.CANCELLED, cause=fates.BY_HAND) == 1


def cancel_links(user: Any, *names: str, reason: str) -> None:
    """Take back what waits with a link of these names (`links.py`): it would bring a dead one."""
    waiting = Notification.objects.filter(user=user, state=State.WAITING, facts__link__in=names)
    waiting.update(state=State.CANCELLED, cause=reason)


def sent_since(moment: datetime, user: Any, kind: str) -> int:
    """How many of a kind a user was told of since then, suppressed ones not counted."""
    rows = Notification.objects.filter(user=user, kind=kind, created_at__gt=moment)
    return rows.exclude(state=State.SUPPRESSED).count()


def send_again(row: Notification) -> bool:
    """Put an ended one back into the queue. One that was delivered is a new message, with a Message-ID of its own."""
    values: dict[str, Any] = {"message_id": new_message_id()} if row.state == State.DELIVERED else {}
    with transaction.atomic():
        ended = Notification.objects.filter(pk=row.pk, state=row.state).exclude(state__in=Notification.OPEN)
        renewed = (
            ended.update(state=State.WAITING, due_at=timezone.now(), attempts_count=0, breaks=0, cause="", **values)
            == 1
        )
        nudge.on_commit()
    return renewed
