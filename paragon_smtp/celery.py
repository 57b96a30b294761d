"""The Celery application: `celery -A paragon_smtp worker`."""

import atexit
import gc
import os
import sys
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun, worker_init, worker_ready
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from audit import correlation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")


class Application(Celery):
    """Celery, which is told by the settings' own sentence when they are wrong, and not by a traceback."""

    def _load_config(self) -> Any:
        try:
            return super()._load_config()  # type: ignore[misc]  # the stubs leave private names out
        except ImproperlyConfigured as error:
            sys.exit(f"Paragon SMTP cannot start: {error}")


app = Application("paragon_smtp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def collect_less_often(**_: object) -> None:
    """What is loaded stays: looking through all of it again and again costs a delivery a sixth of its time."""
    # What the first e-mail would load otherwise, for half a second.
    reverse("home")
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


@worker_ready.connect
@beat_init.connect
def at_work(sender: Any = None, **_: object) -> None:
    """Tell whoever started this process, a container's health check and the other hosts that it is at work."""
    from django.conf import settings

    from notifications.operation.heartbeats import Pulse
    from notifications.worker import NAME

    if settings.READY_FILE:
        Path(settings.READY_FILE).touch()
    # The clock consumes nothing.
    pulse = Pulse(NAME, sorted(app.amqp.queues.consume_from) if hasattr(sender, "pool") else ["clock"])
    pulse.start()
    atexit.register(pulse.end)


@setup_logging.connect
def keep_logging(**_: object) -> None:
    """Django's LOGGING holds here too: with a receiver, Celery sets up none of its own."""


@task_prerun.connect
def name_task(task_id: str = "", **_: object) -> None:
    """What a task begins by itself is found under its own name; what waited in the database brings one along."""
    correlation.begin(task_id)


@task_postrun.connect
def forget_task(**_: object) -> None:
    correlation.begin("")
