"""Whether deliveries flow or are held: one row, changed here alone.

A fault of the server or the settings holds everything, charges nobody, and is tried again with growing, jittered
pauses; at once when settings are saved or someone presses "Try now".
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from notifications import nudge
from notifications.diagnosis import Diagnosis
from notifications.models import Notification, Queue
from settings_app.models import SMTPSettings

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
# How long a worker that tries may take before another one may.
TRIAL_TIME = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Status:
    """How mail is doing, in the words of the status line: not_configured, held, working or idle."""

    state: str
    waiting: int
    last_delivered: datetime | None
    since: datetime | None = None
    cause: str = ""
    title: str = ""
    explanation: str = ""
    remedy: str = ""
    next_trial_at: datetime | None = None


def status() -> Status:
    waiting = Notification.objects.filter(state__in=Notification.OPEN).count()
    delivered = Notification.objects.filter(state=Notification.State.DELIVERED).order_by("-delivered_at")
    last = delivered.values_list("delivered_at", flat=True).first()
    if not SMTPSettings.load().configured:
        return Status("not_configured", waiting, last)
    queue = Queue.objects.filter(pk=Queue.PK, held_since__isnull=False).first()
    if queue is not None:
        return Status(
            "held",
            waiting,
            last,
            since=queue.held_since,
            cause=queue.cause,
            title=queue.title,
            explanation=queue.explanation,
            remedy=queue.remedy,
            next_trial_at=queue.next_trial_at,
        )
    return Status("working" if last else "idle", waiting, last)


def held() -> bool:
    return Queue.objects.filter(pk=Queue.PK, held_since__isnull=False).exists()


def may_deliver() -> bool:
    """True while mail flows; while it is held, to one caller at a time, when the next trial is due."""
    if not held():
        return True
    now = timezone.now()
    # A clock that was set back must not put the trial off for longer than the longest pause.
    due = Q(next_trial_at__lte=now) | Q(next_trial_at__gt=now + LONGEST_PAUSE * 2)
    return Queue.objects.filter(due, pk=Queue.PK).update(next_trial_at=now + TRIAL_TIME) == 1


def hold(diagnosis: Diagnosis) -> None:
    """Hold everything for this cause; each further trial that fails doubles the pause."""
    now = timezone.now()
    queue, _ = Queue.objects.get_or_create(pk=Queue.PK)
    pause = min(FIRST_PAUSE * 2 ** min(queue.trials, 10), LONGEST_PAUSE)
    Queue.objects.filter(pk=Queue.PK).update(
        cause=diagnosis.cause,
        title=diagnosis.title,
        explanation=diagnosis.explanation,
        remedy=diagnosis.remedy,
        held_since=queue.held_since or now,
        trials=queue.trials + 1,
        next_trial_at=now + pause * random.uniform(0.8, 1.2),  # noqa: S311  spreads the load, hides nothing
    )


def release() -> None:
    """Something was delivered: everything flows again."""
    Queue.objects.filter(pk=Queue.PK).update(
        cause="", title="", explanation="", remedy="", held_since=None, next_trial_at=None, trials=0
    )


def try_now() -> None:
    """Look at once, with the pauses beginning anew."""
    Queue.objects.filter(pk=Queue.PK).update(next_trial_at=timezone.now(), trials=0)
    nudge.on_commit()
