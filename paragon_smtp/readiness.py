"""What `/readyz` tells: one sentence for each thing that mail and pages stand on, with the mend where it is not well.

Degraded is not down: pages work without broker, worker and mail server, and must not go away because those do. What is
said here holds no secret, no name of a host and no address.
"""

import functools
import logging
import os
import shutil
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import queue
from notifications.models import Notification
from notifications.operation import heartbeats, server_check
from notifications.operation.models import Worker
from notifications.servers import NotReady, server_of
from notifications.telling import title_of
from paragon_smtp import broker
from settings_app import as_code
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)

OK, DEGRADED, UNAVAILABLE = "ok", "degraded", "unavailable"
OVERDUE = timedelta(minutes=5)
# A worker looks every five seconds, and up to its slice of 20 s is over it uses what it began with.
TAKEN_UP = timedelta(minutes=2)
LEAST_SPACE = 100 * 1024 * 1024  # bytes


class Seen:
    """What several of the checks look at, asked for once."""

    def __init__(self, saved: SMTPSettings | None = None) -> None:
        if saved:
            self.saved = saved
        self.now = timezone.now()

    @functools.cached_property
    def saved(self) -> SMTPSettings:
        return SMTPSettings.load()

    @functools.cached_property
    def workers(self) -> list[Worker]:
        return list(Worker.objects.all())

    @property
    def present(self) -> list[Worker]:
        return [worker for worker in self.workers if abs(worker.seen - self.now) < heartbeats.GONE]


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    status: str
    detail: str


def findings() -> list[Finding]:
    """All of them, or the database's alone when that is what is missing."""
    try:
        fault = _pages_fault()
        if fault:
            return [Finding("database", UNAVAILABLE, fault)]
    except DatabaseError as error:
        logger.warning("The database cannot be used: %s", error)
        return [
            Finding("database", UNAVAILABLE, _("The database cannot be used; the log of this process has the error."))
        ]
    return list(looked_at(CHECKS))


def looked_at(names: Iterable[str], saved: SMTPSettings | None = None) -> Iterator[Finding]:
    """`saved`: the stored settings, where the caller has them."""
    seen = Seen(saved)
    for name in names:
        try:
            yield Finding(name, *_outcome(CHECKS[name](seen)))
        except DatabaseError as error:
            # Pages work; what takes too long here must not have a balancer take them away.
            logger.warning("What %s asks of the database is not answered: %s", name, error)
            yield Finding(name, DEGRADED, _("The database does not answer this, nor was the rest asked."))
            return


def overall(found: list[Finding]) -> str:
    statuses = {finding.status for finding in found}
    return next((status for status in (UNAVAILABLE, DEGRADED) if status in statuses), OK)


def _outcome(faults: Iterator[str]) -> tuple[str, str]:
    detail = " ".join(faults)
    return (DEGRADED, detail) if detail else (OK, "")


def _pages_fault() -> str:
    """Why no page could work: what every page reads cannot be read."""
    try:
        for model in (get_user_model(), Session, SMTPSettings):
            model._default_manager.order_by("pk").first()
    except DatabaseError as error:
        logger.warning("The database cannot be read: %s", error)
        if missing := _unapplied():
            return _("%(number)d migrations are missing in the database; run: manage.py migrate") % {
                "number": len(missing)
            }
        raise
    return ""


def database(seen: Seen) -> Iterator[str]:
    """Reading works, else nothing here would run; whether it takes changes is seen by making one."""
    try:
        heartbeats.beat_now_and_then(f"{socket.gethostname()}:{os.getpid()}", Worker.Kind.WEB, seen.workers)
    except DatabaseError as error:
        logger.warning("The database takes no changes: %s", error)
        yield _("The database takes no changes: is its disk full, or is it a copy that can only be read?")
    if connection.vendor == "sqlite" and shutil.disk_usage(settings.DATA_DIR).free < LEAST_SPACE:
        yield _("Less than 100 MB are free on the disk that holds the database; make room.")


def migrations(_seen: Seen) -> Iterator[str]:
    if missing := _unapplied():
        yield _run_migrate(missing)


def _run_migrate(missing: set[Any]) -> str:
    return _("%(number)d migrations are missing in the database; run: manage.py migrate") % {"number": len(missing)}


def encryption_key(seen: Seen) -> Iterator[str]:
    if not settings.SMTP_ENCRYPTION_KEYS:
        yield _("SMTP_ENCRYPTION_KEYS is not set; no password can be stored or read.")
        return
    if seen.saved.configured:
        try:
            server_of(seen.saved)
        except NotReady as fault:
            yield _("%(cause)s: %(title)s. Enter the password again, or bring its key back.") % {
                "cause": fault.diagnosis.cause,
                "title": title_of(fault.diagnosis.cause),
            }


def smtp_settings(_seen: Seen) -> Iterator[str]:
    if as_code.outdated():
        yield _("The environment names other SMTP settings than those in use; run: manage.py migrate")


def broker_answers(_seen: Seen) -> Iterator[str]:
    if not settings.CELERY_TASK_ALWAYS_EAGER and not broker.reachable(settings.CELERY_BROKER_URL):
        yield _("The broker does not answer: deliveries and tests do not start. Start Redis, or correct REDIS_URL.")


def delivery_worker(seen: Seen) -> Iterator[str]:
    yield from _missing(seen, Worker.Kind.DELIVERY, "celery -A paragon_smtp worker --queues delivery")
    saved = seen.saved
    if saved.configured and saved.updated_at < seen.now - TAKEN_UP:
        old = sum(worker.settings_version not in (0, saved.version) for worker in seen.present)
        if old:
            yield _("%(number)d delivery workers still use earlier SMTP settings; restart them.") % {"number": old}


def test_worker(seen: Seen) -> Iterator[str]:
    yield from _missing(seen, Worker.Kind.TESTS, "celery -A paragon_smtp worker --queues tests")


def clock(seen: Seen) -> Iterator[str]:
    yield from _missing(seen, Worker.Kind.CLOCK, "celery -A paragon_smtp beat")
    ahead = sum(worker.seen >= seen.now + heartbeats.GONE for worker in seen.workers)
    if ahead:
        yield _(
            "The clock of this machine is behind, or was set back: %(number)d processes were seen at a later time."
        ) % {"number": ahead}


def mail(seen: Seen) -> Iterator[str]:
    status = queue.status(seen.saved)
    waiting = f"{status.waiting} notifications wait."
    if status.state == "not_configured":
        yield f"No SMTP settings are saved. {waiting}"
    elif status.state == "held":
        since = f" since {status.since:%Y-%m-%d %H:%M:%S} UTC" if status.since else ""
        yield f"Mail is held{since}: {status.cause}. {waiting} The SMTP Settings page has the remedy."
    elif _overdue():
        yield f"Mail is not held, and yet a notification has been due for five minutes. {waiting}"


def mail_server(seen: Seen) -> Iterator[str]:
    check = server_check.outlook(seen.saved)
    if check.cause and check.at:
        yield f"The mail server does not take our sign-in: {check.cause}, checked {check.at:%Y-%m-%d %H:%M:%S} UTC."


CHECKS: dict[str, Callable[[Seen], Iterator[str]]] = {
    "database": database,
    "migrations": migrations,
    "encryption_key": encryption_key,
    "smtp_settings": smtp_settings,
    "broker": broker_answers,
    "delivery_worker": delivery_worker,
    "test_worker": test_worker,
    "clock": clock,
    "mail": mail,
    "mail_server": mail_server,
}


def _missing(seen: Seen, kind: Worker.Kind, command: str) -> Iterator[str]:
    if settings.CELERY_TASK_ALWAYS_EAGER or any(worker.kind == kind for worker in seen.present):
        return
    last = max((worker.seen for worker in seen.workers if worker.kind == kind), default=None)
    told = {"what": kind.label, "since": f"{last:%Y-%m-%d %H:%M:%S}" if last else "", "command": command}
    if last:
        yield _("No %(what)s has been seen since %(since)s UTC; start one with: %(command)s") % told
    else:
        yield _("No %(what)s has been seen yet; start one with: %(command)s") % told


def _overdue() -> bool:
    now = timezone.now()
    return Notification.objects.filter(state=Notification.State.WAITING, due_at__lt=now - OVERDUE).exists()


@functools.cache
def _shipped() -> frozenset[Any]:
    """The migrations of this version of the code."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def _unapplied() -> set[Any]:
    return set(_shipped()) - set(MigrationRecorder(connection).applied_migrations())
