"""The list of e-mails: one function for each kind, called inside the transaction of the change it tells of.

Facts are what the message says of the event; they are stored as JSON and hold no secret. One-time links are made when
the message is rendered (`links.py`). Texts are in `templates/emails/`.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification
from notifications.outbox import enqueue


@dataclass(frozen=True, slots=True)
class Kind:
    label: str | Promise
    link: str = ""  # where its button leads, by its name in links.py


KINDS = {
    "account_created": Kind(_("Account created"), link="activation"),
    "account_activated": Kind(_("Account activated"), link="sign_in"),
    "account_locked": Kind(_("Account locked"), link="password_forgotten"),
    "account_unlocked": Kind(_("Account unlocked"), link="sign_in"),
    "password_changed": Kind(_("Password changed"), link="password_forgotten"),
    "password_reset": Kind(_("Password reset"), link="reset"),
}


def account_created(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> Notification | None:
    return enqueue("account_created", user, {"by": _name(actor)}, event_id=event_id)


def account_activated(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> Notification | None:
    return enqueue("account_activated", user, {"by": _name(actor)}, event_id=event_id)


def account_locked(
    user: Any,
    *,
    actor: Any = None,
    reason: str = "",
    at: datetime | None = None,
    until: datetime | None = None,
    ip: str | None = None,
    event_id: uuid.UUID | None = None,
) -> Notification | None:
    facts = {"by": _name(actor), "reason": reason, "at": at, "until": until, "ip": ip}
    if until is None:
        facts["no_link"] = True  # a new password does not open what an administrator locked
    return enqueue("account_locked", user, facts, event_id=event_id)


def account_unlocked(user: Any, *, actor: Any = None, event_id: uuid.UUID | None = None) -> Notification | None:
    return enqueue("account_unlocked", user, {"by": _name(actor)}, event_id=event_id)


def password_changed(
    user: Any,
    *,
    actor: Any = None,
    at: datetime | None = None,
    ip: str | None = None,
    event_id: uuid.UUID | None = None,
) -> Notification | None:
    return enqueue("password_changed", user, {"by": _name(actor), "at": at, "ip": ip}, event_id=event_id)


def password_reset(user: Any, *, ip: str | None = None, event_id: uuid.UUID | None = None) -> Notification | None:
    return enqueue("password_reset", user, {"ip": ip}, event_id=event_id)


def _name(actor: Any) -> str:
    """How the message names who did it; empty for the person themselves or the system."""
    return (actor.get_full_name() or actor.get_username()) if actor is not None else ""
