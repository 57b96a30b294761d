"""Joins the events of the accounts to the e-mails: the one module of this app that knows them.

Another project, with other accounts, leaves this module out and calls `emails` or `outbox.enqueue` from its own.

Receivers run inside the transaction of the change: either both the change and its notification exist, or neither.
"""

from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts import links as account_links
from accounts import signals as accounts
from notifications import emails, fates, links, outbox

LOCK_MAILS_A_DAY = 3

links.register("activation", account_links.activation_path, one_time=True)
links.register("reset", account_links.reset_path, one_time=True)
links.register("sign_in", lambda _user: account_links.sign_in_path())
links.register("password_forgotten", lambda _user: account_links.password_forgotten_path())

accounts.joiners.append(outbox.joined)


@receiver(accounts.account_created)
def account_created(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    emails.account_created(user, actor=actor, event_id=event_id)


@receiver(accounts.link_requested)
def link_requested(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    """A new link: what still waits with an earlier one would bring a dead link."""
    outbox.cancel_links(user, "activation", reason=fates.NEWER_LINK)
    emails.account_created(user, actor=actor, event_id=event_id)


@receiver(accounts.link_shown)
def link_shown(user: Any, **_: Any) -> None:
    outbox.cancel_links(user, "activation", reason=fates.LINK_SHOWN)


@receiver(accounts.account_activated)
def account_activated(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    emails.account_activated(user, actor=actor, event_id=event_id)


@receiver(accounts.account_locked)
def account_locked(user: Any, actor: Any = None, **event: Any) -> None:
    known = {name: event.get(name) for name in ("at", "until", "ip", "event_id")}
    # Whoever fails to sign in on purpose must not fill a mailbox by it.
    told = outbox.sent_since(timezone.now() - timedelta(hours=24), user, "account_locked")
    suppressed = fates.ENOUGH_LOCKS if told >= LOCK_MAILS_A_DAY else ""
    emails.account_locked(user, actor=actor, reason=str(event.get("reason") or ""), suppressed=suppressed, **known)


@receiver(accounts.account_unlocked)
def account_unlocked(user: Any, actor: Any = None, reason: str = "", event_id: Any = None, **_: Any) -> None:
    # A lock that ends by time was announced with its end, and one that a new password opens is told by that.
    if reason in ("administrator", "command"):
        emails.account_unlocked(user, actor=actor, event_id=event_id)


@receiver(accounts.account_disabled)
def account_disabled(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    outbox.cancel_links(user, "activation", "reset", reason=fates.ACCOUNT_DISABLED)
    emails.account_disabled(user, actor=actor, event_id=event_id)


@receiver(accounts.account_enabled)
def account_enabled(user: Any, actor: Any = None, event_id: Any = None, **_: Any) -> None:
    emails.account_enabled(user, actor=actor, event_id=event_id)


@receiver(accounts.email_changed)
def email_changed(user: Any, old: str, actor: Any = None, **event: Any) -> None:
    outbox.cancel_links(user, "activation", "reset", reason=fates.ADDRESS_CHANGED)
    # Nobody has used an account that was never activated; its link goes to the new address, the old one was a mistake.
    if user.activated_at is not None:
        emails.email_changed(user, old=old, actor=actor, at=event.get("at"), event_id=event.get("event_id"))


@receiver(accounts.password_changed)
def password_changed(user: Any, actor: Any = None, **event: Any) -> None:
    emails.password_changed(user, actor=actor, at=event.get("at"), ip=event.get("ip"), event_id=event.get("event_id"))


@receiver(accounts.password_reset_requested)
def password_reset_requested(user: Any, ip: str | None = None, event_id: Any = None, **_: Any) -> None:
    emails.password_reset(user, ip=ip, event_id=event_id)
