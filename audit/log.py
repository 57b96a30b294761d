"""Writing the audit trail: called by the domain functions, inside the transaction of what they record."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from audit.context import current
from audit.models import Entry


def record(action: str, *, target: object = "", actor: Any = None, changes: Mapping[str, Any] | None = None) -> Entry:
    """Append one entry. `actor` defaults to the signed-in user of the request, and where there is
    none says so: "not signed in", or "system" for commands and workers.
    """
    entry = _entry(action, target, actor, changes)
    entry.save(force_insert=True)
    return entry


def record_many(action: str, changes: Iterable[tuple[object, Mapping[str, Any]]], *, actor: Any = None) -> None:
    """The same deed to many targets: an entry for each, written together."""
    Entry.objects.bulk_create([_entry(action, target, actor, change) for target, change in changes])


def _entry(action: str, target: object, actor: Any, changes: Mapping[str, Any] | None) -> Entry:
    context = current.get()
    actor = actor or context.actor
    return Entry(
        actor=actor,
        actor_name=str(actor or context.nobody)[:320],
        action=action,
        target=str(target)[:320],
        subject=target if isinstance(target, get_user_model()) else None,
        changes=dict(changes or {}),
        ip=context.ip,
    )
