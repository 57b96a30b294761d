"""A notification as a worker holds it: what a try needs of it, without the price of a model for each message."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from notifications import given
from notifications.models import Notification


@dataclass(slots=True)
class Leased:
    """Its state is `sending`, by this token; the other names are those of `Notification`."""

    lease_token: uuid.UUID
    pk: int
    kind: str
    user_id: Any
    recipient: str
    language: str
    facts: dict[str, Any]
    message_id: str
    created_at: datetime
    expires_at: datetime | None
    attempts_count: int
    breaks: int
    outcome_unknown: bool
    correlation_id: str
    user: Any = None


# In their order. The token is whoever asks', the user comes by a question of its own.
_COLUMNS = tuple(each.name for each in fields(Leased) if each.name not in ("lease_token", "user"))


def read(found: QuerySet[Notification], token: uuid.UUID) -> list[Leased]:
    """These rows with their users, within the transaction that leases them."""
    rows = []
    for state, *values in found.values_list("state", *_COLUMNS):
        row = Leased(token, *values)
        # Leased already: its worker died or lost the database, and may have handed it over.
        row.outcome_unknown = row.outcome_unknown or state == Notification.State.SENDING
        rows.append(row)
    if not rows:
        return []
    model = get_user_model()
    found_users = model._base_manager.filter(pk__in=given.keys(model, {row.user_id for row in rows}))
    users = {user.pk: user for user in found_users}
    for row in rows:
        row.user = users.get(row.user_id)
    return rows
