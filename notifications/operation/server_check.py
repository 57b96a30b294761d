"""Does the server still take our sign-in? Asked now and then without sending anything, so that a password that was
changed, or a certificate that ends, is known before the next e-mail is due.

It is the conversation of a delivery, ended after `authenticate`. Nothing is held or released by it: that is left to
deliveries. A sign-in that is refused is repeated less and less often, since some servers lock the account for it.
"""

import hashlib
import json
import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from audit.rows import only_row
from notifications.diagnosis import Diagnosis, diagnose
from notifications.models import Attempt, Notification
from notifications.operation.models import ServerCheck
from notifications.servers import NotReady, server_of
from notifications.smtp import Session, SessionFailure
from notifications.telling import title_of
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)

DEADLINE = 30.0  # seconds
WARN_DAYS = 21
LONGEST_PAUSE = timedelta(days=1)


# A successful attempt of the newest delivery. The settings page asks at each view: put together beforehand.
_OF_THE_NEWEST = f"""
    SELECT id FROM {Attempt._meta.db_table}
    WHERE outcome = 'delivered' AND settings_version = %s AND notification_id = (
        SELECT id FROM {Notification._meta.db_table} WHERE state = 'delivered' ORDER BY delivered_at DESC LIMIT 1)
    LIMIT 1
"""  # noqa: S608  nothing of it comes from outside


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the page, `/readyz` and `/metrics` say of it."""

    at: datetime | None
    cause: str
    title: str
    days_left: int | None
    changed_since_proven: bool
    proven_at: datetime | None

    @property
    def ends_soon(self) -> bool:
        return self.days_left is not None and self.days_left <= WARN_DAYS


def interval() -> timedelta:
    """Zero: nobody asks."""
    return timedelta(minutes=getattr(settings, "SERVER_CHECK_MINUTES", 0))


def run_if_due() -> bool:
    """Ask when it is time, or when settings were saved since; by one worker, however many look."""
    saved = SMTPSettings.load()
    if not (interval() and saved.configured):
        return False
    now = timezone.now()
    ServerCheck.objects.bulk_create([ServerCheck()], ignore_conflicts=True)
    # What is due later than the longest pause was written before a clock was set back.
    due = Q(due_at=None) | Q(due_at__lte=now) | Q(due_at__gt=now + LONGEST_PAUSE + interval())
    mine = ServerCheck.objects.filter(due | ~Q(settings_version=saved.version), pk=ServerCheck.PK)
    if not mine.update(due_at=now + interval(), settings_version=saved.version):
        return False
    _write(saved, *_ask(saved))
    return True


def prove(used: SMTPSettings) -> None:
    """The server took a message, or a sign-in, with these values."""
    ServerCheck.objects.bulk_create([ServerCheck()], ignore_conflicts=True)
    ServerCheck.objects.filter(pk=ServerCheck.PK).update(proven=_print_of(used), proven_at=timezone.now())


def outlook(saved: SMTPSettings | None = None) -> Outlook:
    """`saved`: the stored settings, where the caller has them."""
    row = only_row(ServerCheck) or ServerCheck()
    saved = saved or SMTPSettings.load()
    current = bool(interval()) and row.settings_version == saved.version
    until = row.certificate_until if current else None
    return Outlook(
        at=row.at if current else None,
        cause=row.cause if current else "",
        title=title_of(row.cause) if current else "",
        days_left=math.floor((until - timezone.now()) / timedelta(days=1)) if until else None,
        changed_since_proven=saved.configured and row.proven != _print_of(saved) and not _delivered_with(saved),
        proven_at=row.proven_at,
    )


def _ask(saved: SMTPSettings) -> tuple[Diagnosis | None, datetime | None]:
    """What is wrong, and when the first certificate of the chain ends."""
    try:
        server = server_of(saved)
    except NotReady as fault:
        return fault.diagnosis, None
    found: Diagnosis | None = None
    with Session(server, deadline=DEADLINE) as session:
        try:
            session.open()
        except SessionFailure as failure:
            found = diagnose(failure, server, saved.sender)
        return found, min((certificate.not_after for certificate in session.certificates), default=None)


def _write(saved: SMTPSettings, found: Diagnosis | None, until: datetime | None) -> None:
    row, now = ServerCheck.objects.get(pk=ServerCheck.PK), timezone.now()
    failures = row.failures + 1 if found else 0
    pause = interval()
    if found and found.cause.startswith("authenticate."):
        pause = max(pause, min(pause * 2 ** min(failures, 20), LONGEST_PAUSE))
    ServerCheck.objects.filter(pk=ServerCheck.PK, settings_version=saved.version).update(
        at=now,
        due_at=now + pause,
        cause=found.cause if found else "",
        title=found.title if found else "",
        failures=failures,
        certificate_until=until,
    )
    if found:
        logger.warning("The mail server does not take our sign-in: %s (%s)", found.title, found.cause)
    else:
        prove(saved)


def _delivered_with(saved: SMTPSettings) -> bool:
    """Whether the newest delivery was made with these settings."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_THE_NEWEST, [saved.version])
        return cursor.fetchone() is not None


def _print_of(used: SMTPSettings) -> str:
    values = json.dumps([getattr(used, name) for name in SMTPSettings.FIELDS], default=str)
    return hashlib.sha256(values.encode()).hexdigest()
