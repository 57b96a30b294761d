"""The outbox: a notification's birth, and what people may do with it afterwards.

`enqueue` writes the row in the caller's transaction, `joined` those of many events at once. The workers' side is
`leases.py`; what is sent, and how, is the affair of `messages.py` and `delivery.py`.
"""

import math
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.correlation import current_id
from notifications import fates, nudge
from notifications.kinds import kind_of
from notifications.models import Notification
from notifications.people import language_of
from settings_app.models import SMTPSettings

State = Notification.State

# What people may still do with a notification.
CANCELLABLE = Q(state=State.WAITING)
SENDABLE_AGAIN = ~Q(state__in=Notification.OPEN) & ~Q(recipient="")

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
        urgent=kind_of(kind).urgent,
        due_at=now,
        created_at=now,
        correlation_id=current_id(),
        expires_at=now + kind_of(kind).life,
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
    """Within it, `enqueue` puts rows by; at the end they are written with one statement for many.

    Many at once are never urgent: a thousand new accounts must not keep a forgotten password waiting.
    """
    with gathered() as rows:
        yield
    for row in rows:
        row.urgent = row.urgent and len(rows) == 1
    write(rows)


def write(rows: Sequence[Notification]) -> None:
    if not rows:
        return
    for row in rows:
        row.message_id = new_message_id()
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    nudge.on_commit()


def new_message_id(sender: str = "") -> str:
    """An identifier on the domain that the e-mails come from, which is what receivers compare it with."""
    return make_msgid(domain=_domain_of(sender) if sender else _domain())


_known_domain: tuple[float, str] = (-math.inf, "")


def _domain() -> str:
    """Of the sender. Known for a minute: the row should cost one INSERT, and an older domain does no harm."""
    global _known_domain
    if time.monotonic() > _known_domain[0]:
        _known_domain = time.monotonic() + 60, _domain_of(SMTPSettings.load().sender)
    return _known_domain[1]


def _domain_of(address: str) -> str:
    domain = address.rpartition("@")[2]
    return domain if domain.isascii() else domain.encode("idna").decode()


def forget_domain() -> None:
    global _known_domain
    _known_domain = -math.inf, ""


def due(now: datetime) -> Q:
    """What a worker may take: waiting and due, or leased to a worker whose lease has ended."""
    return Q(state__in=Notification.OPEN, due_at__lte=now)


def more_is_due() -> bool:
    now = timezone.now()
    # Asked for both, so that the index answers without reading what is not due.
    return any(Notification.objects.filter(due(now), urgent=urgent).exists() for urgent in (True, False))


def expire() -> None:
    """End what has waited for longer than it is of use, also while mail is held."""
    waiting = Notification.objects.filter(state=State.WAITING, expires_at__lte=timezone.now())
    waiting.update(state=State.EXPIRED)


def prune(limit: int = 1000) -> int:
    """Delete what ended longer ago than `NOTIFICATION_RETENTION`, at most so many; returns how many."""
    kept: timedelta | None = getattr(settings, "NOTIFICATION_RETENTION", None)
    if not kept:
        return 0
    before = timezone.now() - kept
    delivered = Q(state=State.DELIVERED, delivered_at__lt=before)
    ended = Q(state__in=[State.FAILED, State.CANCELLED, State.EXPIRED, State.SUPPRESSED], created_at__lt=before)
    deleted = 0
    for old in (delivered, ended):
        keys = list(Notification.objects.filter(old).order_by().values_list("pk", flat=True)[: limit - deleted])
        Notification.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted


def cancel(row: Notification) -> bool:
    """Take a waiting one back; False when it is under way or has ended."""
    return bool(cancel_many([row.pk]))


def cancel_many(keys: Sequence[int]) -> list[Notification]:
    """Take back those of them that wait, and give these."""
    with transaction.atomic():
        rows = list(Notification.objects.select_for_update().filter(CANCELLABLE, pk__in=keys))
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.CANCELLED, cause=fates.BY_HAND)
    return rows


def cancel_links(user: Any, *names: str, reason: str) -> None:
    """Take back what waits with a link of these names (`links.py`): it would bring a dead one."""
    waiting = Notification.objects.filter(user=user, state=State.WAITING, facts__link__in=names)
    waiting.update(state=State.CANCELLED, cause=reason)


def sent_since(moment: datetime, user: Any, kind: str) -> int:
    """How many of a kind a user was told of since then, suppressed ones not counted."""
    rows = Notification.objects.filter(user=user, kind=kind, created_at__gt=moment)
    return rows.exclude(state=State.SUPPRESSED).count()


def send_again(row: Notification) -> bool:
    """Put an ended one back into the queue; False while it waits or is under way."""
    return bool(send_again_many([row.pk]))


def send_again_many(keys: Sequence[int]) -> list[Notification]:
    """Put those of them back into the queue that have ended, and give these.

    One that was delivered is a new message, with a Message-ID of its own.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = list(Notification.objects.select_for_update().filter(SENDABLE_AGAIN, pk__in=keys))
        delivered = [row for row in rows if row.state == State.DELIVERED]
        for row in delivered:
            row.message_id = new_message_id()
        Notification.objects.bulk_update(delivered, ["message_id"], batch_size=500)
        for kind in {row.kind for row in rows}:
            # Its life begins anew: an expired one would expire again before anybody looked.
            Notification.objects.filter(pk__in=[row.pk for row in rows if row.kind == kind]).update(
                state=State.WAITING,
                due_at=now,
                expires_at=now + kind_of(kind).life,
                attempts_count=0,
                breaks=0,
                cause="",
            )
        if rows:
            nudge.on_commit()
    return rows
