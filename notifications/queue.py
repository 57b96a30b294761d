"""Whether deliveries flow or are held: one row, changed here alone.

A fault of the server or the settings holds everything, charges nobody, and is tried again with growing, jittered
pauses; at once when settings are saved or someone presses "Try now".
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit.rows import only_row
from notifications import nudge
from notifications.advice import advice_of
from notifications.diagnosis import Diagnosis
from notifications.glance import MOST, Glance, glance
from notifications.models import Notification, Queue
from notifications.telling import for_the_reader, in_every_language, title_of
from settings_app.models import SMTPSettings

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
# How much of an unused limit may be used at once.
SAVED_UP = timedelta(seconds=6)
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
    trying: bool = False


def status(saved: SMTPSettings | None = None, seen: Glance | None = None) -> Status:
    """`saved`: the stored settings, and `seen`: a glance of now, where the caller has them."""
    seen = seen or glance()
    waiting, last = seen.waiting, seen.last_delivered
    if waiting == MOST:
        waiting = Notification.objects.filter(state__in=Notification.OPEN).count()
    if not (saved or seen).configured:
        return Status("not_configured", waiting, last)
    queue = only_row(Queue) if seen.held_since else None
    if queue is not None and queue.held_since is not None:
        told = for_the_reader(queue.told)
        advice = advice_of(queue.cause, saved or SMTPSettings.load())
        return Status(
            "held",
            waiting,
            last,
            since=queue.held_since,
            cause=queue.cause,
            title=title_of(queue.cause) or queue.title,
            explanation=told.get("explanation") or queue.explanation,
            # The same advice, in the same order, as a failed test e-mail gives.
            remedy=" ".join((*advice, told.get("remedy") or queue.remedy)).strip(),
            next_trial_at=queue.next_trial_at,
            # Settings were saved, or somebody pressed a button; what comes of it is not known yet.
            trying=queue.trials == 0,
        )
    return Status("working" if last else "idle", waiting, last)


def held() -> bool:
    return Queue.objects.filter(pk=Queue.PK, held_since__isnull=False).exists()


def cause() -> str:
    """For which everything is held; empty while mail flows."""
    return Queue.objects.filter(pk=Queue.PK).values_list("cause", flat=True).first() or ""


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
        told=in_every_language(explanation=diagnosis.explanation, remedy=diagnosis.remedy),
        held_since=queue.held_since or now,
        trials=queue.trials + 1,
        next_trial_at=now + pause * random.uniform(0.8, 1.2),  # noqa: S311  spreads the load, hides nothing
    )


def release() -> None:
    """Something was delivered: everything flows again."""
    Queue.objects.filter(pk=Queue.PK).update(
        cause="", title="", explanation="", remedy="", told={}, held_since=None, next_trial_at=None, trials=0
    )


def allowance(wanted: int, per_minute: int) -> int:
    """How many of the wanted messages the limit lets go now, for all workers together; they count as gone.

    The row says until when the limit is used up: each message moves that on by its share of a minute. What was not
    used is not saved up, but for a few seconds' worth, since workers look only now and then.
    """
    if not per_minute:
        return wanted
    now, share = timezone.now(), timedelta(minutes=1) / per_minute
    Queue.objects.get_or_create(pk=Queue.PK)
    with transaction.atomic():
        queue = Queue.objects.select_for_update().get(pk=Queue.PK)
        # Nobody can have meant more than a minute ahead: the clock was set back.
        unused = now - max(SAVED_UP, share)
        spent = max(min(queue.spent_until or unused, now + timedelta(minutes=1)), unused)
        granted = min(wanted, max(0, (now - spent) // share))
        Queue.objects.filter(pk=Queue.PK).update(spent_until=spent + share * granted)
    return granted


def give_back_allowance(unused: int, per_minute: int) -> None:
    if per_minute and unused:
        share = timedelta(minutes=1) / per_minute
        Queue.objects.filter(pk=Queue.PK).update(spent_until=F("spent_until") - share * unused)


def try_now() -> None:
    """Look at once, with the pauses beginning anew."""
    Queue.objects.filter(pk=Queue.PK).update(next_trial_at=timezone.now(), trials=0)
    nudge.on_commit()
