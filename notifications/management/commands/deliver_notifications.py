"""`manage.py deliver_notifications`: deliver what is due now, in this process.

Exit status: 0 when nothing that is due is left, 1 otherwise. The first Ctrl-C or SIGTERM finishes what is under way and
gives the rest back, the second stops at once.
"""

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications import delivery, outbox, queue
from notifications.models import Notification

SHOWN_EVERY = 0.2  # seconds


class Command(BaseCommand):
    help = "Delivers the notifications that are due now, in this process."

    def handle(self, **_options: Any) -> None:
        self.total = Notification.objects.filter(outbox.due(timezone.now())).count()
        self.begun = self.shown_at = time.monotonic()
        self.before = delivery.Summary()
        self.stopping = False
        with self._only_progress(), self._signals_heeded():
            while True:
                summary = delivery.deliver_due(progress=self._show, stop=lambda: self.stopping, keep_open=True)
                self._add(summary)
                if summary.held or self.stopping or not delivery.more_is_due():
                    break
        delivery.hang_up()
        self._sum_up()

    def _add(self, summary: delivery.Summary) -> None:
        self.before.delivered += summary.delivered
        self.before.failed += summary.failed
        self.before.deferred += summary.deferred

    def _show(self, summary: delivery.Summary) -> None:
        now = time.monotonic()
        if not self.stdout.isatty() or now < self.shown_at + SHOWN_EVERY:
            return
        self.shown_at = now
        done = sum(astuple(summary)[:3]) + sum(astuple(self.before)[:3])
        rate = done / max(now - self.begun, 0.001)
        self.stdout.write(f"\r{done} of {max(self.total, done)}, {rate:.0f} a second ...\x1b[K", ending="")
        self.stdout.flush()

    def _sum_up(self) -> None:
        done, seconds = self.before, time.monotonic() - self.begun
        if self.stdout.isatty() and self.shown_at > self.begun:
            self.stdout.write("\r\x1b[K", ending="")
        self.stdout.write(
            f"Delivered {done.delivered}, failed {done.failed}, to be tried again {done.deferred}, in {seconds:.1f} s."
        )
        if not delivery.more_is_due():
            return
        status = queue.status()
        if self.stopping:
            raise CommandError(f"Stopped; {status.waiting} waiting.", returncode=1)
        raise CommandError(
            f"{status.waiting} waiting; mail is held: {status.title}. {status.explanation} {status.remedy}".strip(),
            returncode=1,
        )

    @contextmanager
    def _only_progress(self) -> Iterator[None]:
        """On a terminal, a line in the log for each message would write over the progress."""
        logger = logging.getLogger("notifications")
        before = logger.level
        if self.stdout.isatty():
            logger.setLevel(logging.WARNING)
        try:
            yield
        finally:
            logger.setLevel(before)

    @contextmanager
    def _signals_heeded(self) -> Iterator[None]:
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def stop(number: int, _frame: FrameType | None) -> None:
            self.stopping = True
            signal.signal(number, before[signal.Signals(number)])
            self.stderr.write("Finishing what is under way; again to stop at once.")

        try:
            for number in before:
                signal.signal(number, stop)
            yield
        except KeyboardInterrupt:
            raise CommandError("Stopped at once.", returncode=130) from None
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
