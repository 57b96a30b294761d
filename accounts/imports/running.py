"""Adds the people of confirmed imports, batch by batch, and ends what nobody confirms.

A batch is one transaction: its people exist with their notifications and the batch is gone, or neither. So it does not
matter how often, where and by how many this is run, or when it is killed.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import creation
from accounts.creation import Newcomer
from accounts.imports.models import Import, ImportBatch, RejectedRow
from accounts.lifecycle import NotPossible
from accounts.models import User
from accounts.roles import MANAGE_USERS, Role
from audit import context, log

logger = logging.getLogger(__name__)

State = Import.State

SLICE = 20.0  # seconds after which a worker looks up: a stop is then never far away
UNCONFIRMED = timedelta(days=1)
REJECTED_KEPT = timedelta(days=30)
# SQLite lets one write at a time, and those who wait for it only look now and then.
PAUSE = 0.05


@transaction.atomic
def confirm(imported: Import, actor: User | None) -> bool:
    """Have it run; False when that was done already. Who has checked the file answers for it."""
    held = Import.objects.select_for_update().get(pk=imported.pk)
    if held.state != State.CHECKED:
        return False
    if held.created_by != actor:
        raise NotPossible(_("Only the person who uploaded the file can confirm it."))
    now = timezone.now()
    Import.objects.filter(pk=held.pk).update(state=State.RUNNING, started_at=now, moved_at=now)
    figures = {"to_add": held.valid, "present": held.present, "rejected": held.rejected}
    log.record("users.import_started", target=held.file_name, actor=actor, changes=figures)
    return True


@transaction.atomic
def stop(imported: Import, actor: User | None = None, reason: str = "") -> bool:
    """Add nobody further. Whoever was added stays; an import that never ran is forgotten."""
    held = Import.objects.select_for_update().get(pk=imported.pk)
    if held.state == State.CHECKED:
        held.delete()
        return True
    if held.state != State.RUNNING:
        return False
    held.batches.all().delete()
    _end(held, State.STOPPED, actor, reason)
    return True


def run(seconds: float = SLICE) -> bool:
    """Add people for about so long; True while some are left."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not run_batch():
            return False
        if not connection.features.has_select_for_update:
            time.sleep(PAUSE)
    return Import.objects.filter(state=State.RUNNING).exists()


@transaction.atomic
def run_batch(**only: Any) -> bool:
    """Add the next batch of the oldest import; False when there is none, or somebody else is at it."""
    running = Import.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=State.RUNNING, **only)
    imported = running.select_related("created_by").order_by("pk").first()
    if imported is None:
        return False
    batch = imported.batches.first()
    if batch is None:
        _end(imported, State.DONE, imported.created_by)
        return True
    try:
        _add(imported, batch)
    except NotPossible as refusal:
        stop(imported, reason=str(refusal))
    return True


def sweep() -> None:
    """Forget the people of files that nobody confirmed, and in time the rows that were rejected."""
    now = timezone.now()
    Import.objects.filter(state__in=(State.CHECKING, State.CHECKED), created_at__lt=now - UNCONFIRMED).delete()
    RejectedRow.objects.filter(of__ended_at__lt=now - REJECTED_KEPT).delete()


def nudge() -> None:
    """Tell a worker to look. A lost nudge costs seconds, because beat looks too."""
    from accounts.tasks import run_imports

    try:
        run_imports.apply_async(retry=False, expires=60)
    except Exception as error:  # whatever the broker's client raises
        logger.warning("The broker cannot be reached (%s); the import starts when beat looks.", type(error).__name__)


def _add(imported: Import, batch: ImportBatch) -> None:
    actor = imported.created_by
    if not imported.by_command and (actor is None or not actor.has_perm(MANAGE_USERS)):
        raise NotPossible(_("The person who confirmed the import may not add users any more."))
    newcomers = [
        Newcomer(email, name, Role(role), language, time_zone)
        for email, name, role, language, time_zone in batch.people
    ]
    with _on_behalf_of(imported):
        added = len(creation.create_many(newcomers, actor=actor))
    batch.delete()
    Import.objects.filter(pk=imported.pk).update(
        handled=F("handled") + len(newcomers),
        added=F("added") + added,
        present=F("present") + len(newcomers) - added,
        moved_at=timezone.now(),
    )


@contextmanager
def _on_behalf_of(imported: Import) -> Iterator[None]:
    """What is recorded names the person who asked, and from where, although a worker does it."""
    actor = imported.created_by
    token = context.current.set(context.Context(actor=actor, ip=imported.ip))
    try:
        with translation.override(actor.language if actor else None):
            yield
    finally:
        context.current.reset(token)


def _end(imported: Import, state: State, actor: User | None, reason: str = "") -> None:
    now = timezone.now()
    Import.objects.filter(pk=imported.pk).update(state=state, ended_at=now, moved_at=now, reason=reason)
    figures = {"added": imported.added, "present": imported.present, "rejected": imported.rejected}
    deed = "users.import_ended" if state == State.DONE else "users.import_stopped"
    log.record(deed, target=imported.file_name, actor=actor, changes=figures)
