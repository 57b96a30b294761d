"""Minutes become seconds: the lease of a worker that dies, the pauses of a held queue."""

from datetime import timedelta
from typing import Any

from django.apps import AppConfig


class ShortWaits(AppConfig):
    name = "tests.drills"
    label = "drills"

    def ready(self) -> None:
        from notifications import leases, queue
        from paragon_smtp import readiness

        set_existing(leases, "LEASE", timedelta(seconds=20))
        set_existing(leases, "RENEW_EVERY", timedelta(seconds=4))
        set_existing(queue, "FIRST_PAUSE", timedelta(seconds=1))
        set_existing(queue, "LONGEST_PAUSE", timedelta(seconds=4))
        set_existing(queue, "TRIAL_TIME", timedelta(seconds=10))
        set_existing(readiness, "TAKEN_UP", timedelta(seconds=5))


def set_existing(module: Any, name: str, value: object) -> None:
    if not hasattr(module, name):
        raise AttributeError(f"{module.__name__} has no {name} any more; the drills shorten it")
    setattr(module, name, value)
