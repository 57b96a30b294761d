"""The list of e-mails: one function for each kind, called inside the transaction of the change it tells of.

Facts are what the message says of the event; they are stored as JSON and hold no secret. One-time links are made when
the message is rendered; the fact `link` only names which (`links.py`). Texts are in `templates/emails/`,
what else is known of a kind in `kinds.py`.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from notifications.outbox import enqueue
from notifications.people import name_of


def account_created(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> None:
    enqueue("account_created", user, _way_in(user, actor), event_id=event_id)


def account_activated(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> None:
    enqueue("account_activated", user, {"by": name_of(actor), "link": "sign_in"}, event_id=event_id)


def account_locked(
    user: Any,
    *,
    actor: Any = None,
    reason: str = "",
    at: datetime | None = None,
    until: datetime | None = None,
    ip: str | None = None,
    event_id: uuid.UUID | None = None,
    suppressed: str = "",
) -> None:
    # A new password opens what failed sign-ins have locked, not what an administrator locked.
    link = "password_forgotten" if until else ""
    facts = {"by": name_of(actor), "reason": reason, "at": at, "until": until, "ip": ip, "link": link}
    enqueue("account_locked", user, facts, event_id=event_id, suppressed=suppressed)


def account_unlocked(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> None:
    enqueue("account_unlocked", user, {"by": name_of(actor), "link": "sign_in"}, event_id=event_id)


def account_disabled(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> None:
    enqueue("account_disabled", user, {"by": name_of(actor)}, event_id=event_id)


def account_enabled(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> None:
    enqueue("account_enabled", user, _way_in(user, actor), event_id=event_id)


def email_changed(
    user: Any,
    *,
    old: str,
    actor: Any = None,
    at: datetime | None = None,
    event_id: uuid.UUID | None = None,
) -> None:
    """One for each of the two addresses: whoever reads the old one is the person who would notice a theft."""
    facts = {"by": name_of(actor) if actor != user else "", "at": at, "old": old, "new": user.email}
    enqueue("email_changed", user, {**facts, "link": "sign_in"}, event_id=event_id)
    enqueue("email_changed", user, {**facts, "to_old": True}, recipient=old, event_id=event_id)


def password_changed(
    user: Any,
    *,
    actor: Any = None,
    at: datetime | None = None,
    ip: str | None = None,
    event_id: uuid.UUID | None = None,
) -> None:
    facts = {"by": name_of(actor) if actor != user else "", "at": at, "ip": ip, "link": "password_forgotten"}
    enqueue("password_changed", user, facts, event_id=event_id)


def password_reset(user: Any, *, ip: str | None = None, event_id: uuid.UUID | None = None) -> None:
    enqueue(
        "password_reset",
        user,
        {"ip": ip, "link": "reset", "hours": settings.PASSWORD_RESET_TIMEOUT // 3600},
        event_id=event_id,
    )


def _way_in(user: Any, actor: Any) -> dict[str, Any]:
    """How a person gets in: by signing in, or where the account is not active yet by the link that activates it."""
    if user.is_active:
        return {"by": name_of(actor), "active": True, "link": "sign_in"}
    hours = settings.ACTIVATION_LIFETIME // timedelta(hours=1)
    return {"by": name_of(actor), "active": False, "link": "activation", "hours": hours}


def smtp_settings_changed(
    user: Any, *, by: str, fields: str, at: datetime, ip: str | None = None, event_id: uuid.UUID | None = None
) -> None:
    facts = {"by": by, "fields": fields, "at": at, "ip": ip, "link": "smtp_settings"}
    enqueue("smtp_settings_changed", user, facts, event_id=event_id)
