"""Writing the audit trail: called by the domain functions, inside the transaction of what they record."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model

from audit.context import current
from audit.models import Entry


def record(action: str, *, target: object = "", actor: Any = None, changes: Mapping[str, Any] | None = None) -> Entry:
    """Append one entry. `actor` defaults to the signed-in user of the request, and is "system" where there is none."""
    context = current.get()
    actor = actor or context.actor
    return Entry.objects.create(
        actor=actor,
        actor_name=str(actor or "system")[:320],
        action=action,
        target=str(target)[:320],
        subject=target if isinstance(target, get_user_model()) else None,
        changes=dict(changes or {}),
        ip=context.ip,
    )
