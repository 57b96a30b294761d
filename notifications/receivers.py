"""Joins the events of the accounts to the e-mails: the one module of this app that knows them.

Another project, with other accounts, leaves this module out and calls `emails` or `outbox.enqueue` from its own.

Receivers run inside the transaction of the change: either both the change and its notification exist, or neither.
"""

from typing import Any

from django.dispatch import receiver

from accounts import links as account_links
from accounts import signals as accounts
from notifications import emails, links, outbox

links.register("activation", account_links.activation_path)
links.register("reset", account_links.reset_path)
links.register("sign_in", lambda _user: account_links.sign_in_path())
links.register("password_forgotten", lambda _user: account_links.password_forgotten_path())

accounts.joiners.append(outbox.joined)


@receiver(accounts.account_created)
def account_created(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    emails.account_created(user, actor=actor, event_id=event_id)


@receiver(accounts.link_requested)
def link_requested(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    """A new link: what still waits with an earlier one would bring a dead link."""
    outbox.cancel_open(user, "account_created")
    emails.account_created(user, actor=actor, event_id=event_id)


@receiver(accounts.account_activated)
def account_activated(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    emails.account_activated(user, actor=actor, event_id=event_id)


@receiver(accounts.account_locked)
def account_locked(user: Any, actor: Any = None, **event: Any) -> None:
    known = {name: event.get(name) for name in ("at", "until", "ip", "event_id")}
    emails.account_locked(user, actor=actor, reason=str(event.get("reason") or ""), **known)


@receiver(accounts.account_unlocked)
def account_unlocked(user: Any, actor: Any = None, reason: str = "", event_id: Any = None, **_: Any) -> None:
    # A lock that ends by time was announced with its end, and one that a new password opens is told by that.
    if reason in ("administrator", "command"):
        emails.account_unlocked(user, actor=actor, event_id=event_id)


@receiver(accounts.password_changed)
def password_changed(user: Any, actor: Any = None, **event: Any) -> None:
    emails.password_changed(user, actor=actor, at=event.get("at"), ip=event.get("ip"), event_id=event.get("event_id"))


@receiver(accounts.password_reset_requested)
def password_reset_requested(user: Any, ip: str | None = None, event_id: Any = None, **_: Any) -> None:
    emails.password_reset(user, ip=ip, event_id=event_id)
