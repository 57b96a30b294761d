"""Which processes are at work: each writes now and then that it lives, and which settings it uses.

The rows are in the database, not in the broker: a broker that is away must not look like workers that are.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from notifications.operation.models import Worker

logger = logging.getLogger(__name__)

INTERVAL = 15.0  # seconds between two beats
GONE = timedelta(seconds=60)  # without a beat
FORGOTTEN = timedelta(days=1)


def beat(name: str, kinds: Sequence[str]) -> None:
    now = timezone.now()
    rows = [Worker(name=name, kind=kind, seen=now) for kind in kinds]
    Worker.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind", "name"], update_fields=["seen"])


def beat_now_and_then(name: str, kind: str, seen: Iterable[Worker]) -> None:
    """For a process that is asked often: whoever may ask must not make it write each time. `seen`: all of them."""
    since = timezone.now() - timedelta(seconds=INTERVAL)
    if not any((worker.name, worker.kind) == (name, kind) and worker.seen > since for worker in seen):
        beat(name, [kind])


def uses(name: str, settings_version: int) -> None:
    """The worker has just begun to look for mail, with this version of the settings."""
    Worker.objects.filter(name=name).exclude(settings_version=settings_version).update(
        settings_version=settings_version
    )


def leave(name: str) -> None:
    """The process ends in good order: nobody has to miss it."""
    Worker.objects.filter(name=name).delete()


def present(now: datetime | None = None) -> QuerySet[Worker]:
    """Who was seen of late. A time to come was written before a clock was set back, and says nothing."""
    now = now or timezone.now()
    return Worker.objects.filter(seen__gt=now - GONE, seen__lt=now + GONE)


def prune() -> None:
    Worker.objects.filter(seen__lt=timezone.now() - FORGOTTEN).delete()


class Pulse(threading.Thread):
    """Beats beside a process's work, so that a long delivery is not taken for a dead worker."""

    def __init__(self, name: str, kinds: Sequence[str], interval: float = INTERVAL) -> None:
        super().__init__(name="pulse", daemon=True)
        self._worker, self._kinds, self._interval = name, tuple(kinds), interval
        self._end = threading.Event()

    def run(self) -> None:
        while True:
            self._write(lambda: beat(self._worker, self._kinds))
            if self._end.wait(self._interval):
                return

    def end(self) -> None:
        self._end.set()
        self.join(5)
        self._write(lambda: leave(self._worker))

    def _write(self, change: Callable[[], None]) -> None:
        try:
            change()
        except DatabaseError as error:
            logger.warning("The database takes no heartbeat: %s", type(error).__name__)
        finally:
            # Not kept between two beats: a worker that forks would hand it on.
            connection.close()
