"""The life of an account, which begins in `creation.py`: the only functions that change its state.

Each holds the row, looks whether the step is possible, makes it once, writes the audit trail and sends its signal, all
in one transaction. They return whether anything changed: a step already taken is no error. `actor` is who asked, None
for the system. A new password is noticed in `User.save()`.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import limits, signals
from accounts.guards import NotPossible as NotPossible
from accounts.guards import check_actor, hold, keep_an_administrator, spare_mailbox
from accounts.models import LockReason, State, User
from audit import log
from audit.rows import rows_where

UNLOCKED: dict[str, Any] = {"locked_at": None, "locked_until": None, "lock_reason": "", "failed_sign_ins": 0}


@transaction.atomic
def send_link_again(user: User, actor: User | None) -> None:
    """Have a new activation link sent; those sent before end here."""
    _end_links(user, actor)
    if actor is not None:  # what the person themselves asks for is limited where they ask
        spare_mailbox(user)
    _record("link_sent_again", user, actor)
    signals.announce(signals.link_requested, user, actor=actor)


@transaction.atomic
def hand_over_link(user: User, actor: User | None) -> None:
    """Let an administrator give the activation link in person; those sent before, and those that wait, end here."""
    if actor is not None and not actor.is_superuser:
        raise NotPossible(_("Only an administrator can be shown an activation link."))
    _end_links(user, actor)
    _record("link_shown", user, actor)
    signals.announce(signals.link_shown, user, actor=actor)


def _end_links(user: User, actor: User | None) -> None:
    hold(user)
    check_actor(user, actor)
    if user.state != State.PENDING:
        raise NotPossible(_("Only an account that is not activated yet needs an activation link."))
    User.objects.filter(pk=user.pk).update(link_generation=F("link_generation") + 1)
    user.refresh_from_db(fields=["link_generation"])


@transaction.atomic
def activate(user: User, *, actor: User | None = None, password: str | None = None) -> bool:
    """End the waiting: the person has opened the link and set a password, or an administrator vouches for them."""
    hold(user)
    check_actor(user, actor)
    if user.state == State.ACTIVE:
        return False
    if user.state != State.PENDING:
        raise NotPossible(_("This account is %s; it cannot be activated.") % user.get_state_display().lower())
    if password is not None:
        user.set_password(password)
    user.state, user.activated_at = State.ACTIVE, timezone.now()
    user.save(update_fields=["state", "activated_at", "password"])
    _record("activated", user, actor or user)
    signals.announce(signals.account_activated, user, actor=actor)
    return True


@transaction.atomic
def lock(user: User, *, reason: str, actor: User | None = None, until: datetime | None = None) -> bool:
    """Keep the person out: after failed sign-ins for a while, by an administrator until `until` or until unlocked.

    An administrator's lock takes the place of one by failed sign-ins, not the other way round.
    """
    reason = LockReason(reason)
    by_hand = reason == LockReason.ADMINISTRATOR
    hold(user, with_administrators=by_hand)
    check_actor(user, actor)
    if user.state == State.LOCKED and (not by_hand or user.lock_reason == LockReason.ADMINISTRATOR):
        return False
    if user.state not in (State.ACTIVE, State.LOCKED):
        raise NotPossible(_("Only an active account can be locked; this one is %s.") % user.get_state_display().lower())
    if by_hand:
        keep_an_administrator(user, actor)
    user.state, user.lock_reason, user.locked_at = State.LOCKED, reason, timezone.now()
    user.locked_until = until if until is not None or by_hand else user.locked_at + settings.SIGN_IN_LOCK
    user.session_generation += 1
    user.save(update_fields=["state", "lock_reason", "locked_at", "locked_until", "session_generation"])
    _tell_of_lock(user, actor)
    return True


@transaction.atomic
def count_failed_sign_in(user: User) -> bool:
    """Count on the row itself, which all processes share; True for the one failure that locked the account."""
    now = timezone.now()
    active = User.objects.filter(pk=user.pk, state=State.ACTIVE)
    active.update(failed_sign_ins=F("failed_sign_ins") + 1)
    # The first UPDATE holds the row: of failures that arrive together only one still finds it active here.
    locked = active.filter(failed_sign_ins__gte=settings.SIGN_IN_FAILURES).update(
        state=State.LOCKED,
        is_active=False,
        lock_reason=LockReason.SIGN_IN,
        locked_at=now,
        locked_until=now + settings.SIGN_IN_LOCK,
        session_generation=F("session_generation") + 1,
    )
    if locked:
        user.refresh_from_db()
        _tell_of_lock(user, None)
    return bool(locked)


def count_successful_sign_in(user: User) -> bool:
    """Start counting anew; False when the account was locked while the password was being checked."""
    return bool(User.objects.filter(pk=user.pk, state=State.ACTIVE).update(failed_sign_ins=0))


@transaction.atomic
def unlock(user: User, actor: User | None = None, *, reason: str = "administrator") -> bool:
    """Let the person in again. `reason`: administrator, command, time, password_reset."""
    hold(user)
    check_actor(user, actor)
    if user.state == State.ACTIVE:
        return False
    if user.state != State.LOCKED:
        raise NotPossible(_("This account is not locked; it is %s.") % user.get_state_display().lower())
    _become(user, State.ACTIVE)
    limits.forget(limits.SIGN_IN, user.email)
    _record("unlocked", user, actor, reason=reason)
    signals.announce(signals.account_unlocked, user, actor=actor, reason=reason)
    return True


@transaction.atomic
def end_expired_lock(user: User) -> bool:
    """Unlock an account whose lock has ended by time; looks again at the held row, since two may notice it at once."""
    hold(user)
    return user.lock_has_expired and unlock(user, reason="time")


def end_expired_locks() -> int:
    """The same for all accounts, so that lists and filters tell what is."""
    expired = rows_where(User, "state = 'locked' AND locked_until <= %s", [timezone.now()])
    return sum(end_expired_lock(user) for user in expired)


@transaction.atomic
def disable(user: User, actor: User | None = None) -> bool:
    """Close the account without deleting it. What it was otherwise stays, a lock aside."""
    hold(user, with_administrators=True)
    check_actor(user, actor)
    if user.state == State.DISABLED:
        return False
    keep_an_administrator(user, actor)
    user.session_generation += 1
    _become(user, State.DISABLED)
    _record("disabled", user, actor)
    signals.announce(signals.account_disabled, user, actor=actor)
    return True


@transaction.atomic
def enable(user: User, actor: User | None = None) -> bool:
    """Open a disabled account: active if it has ever been, else pending as before."""
    hold(user)
    check_actor(user, actor)
    if user.state != State.DISABLED:
        return False
    _become(user, State.PENDING if user.activated_at is None else State.ACTIVE)
    _record("enabled", user, actor, state=user.state)
    signals.announce(signals.account_enabled, user, actor=actor)
    return True


@transaction.atomic
def delete(user: User, actor: User | None = None) -> None:
    hold(user, with_administrators=True)
    check_actor(user, actor)
    keep_an_administrator(user, actor)
    _record("deleted", user, actor)
    user.delete()


@transaction.atomic
def request_link(user: User) -> bool:
    """Have the link sent that lets the person in: to activate, or to set a new password. False where none would."""
    hold(user)
    if user.state == State.PENDING:
        send_link_again(user, None)
    elif user.state == State.ACTIVE or user.lock_reason == LockReason.SIGN_IN:
        # Also without a password yet: an account that an administrator activated gets its first one this way.
        _record("password_reset_requested", user, None)
        signals.announce(signals.password_reset_requested, user)
    else:
        return False
    return True


@transaction.atomic
def reset_password(user: User, password: str) -> None:
    """Set the password of the person who opened a reset link. It ends a lock by failed sign-ins: they have shown who
    they are. It does not end an administrator's."""
    hold(user)
    if user.state not in (State.ACTIVE, State.LOCKED):
        raise NotPossible(_("This account is %s; its password cannot be reset.") % user.get_state_display().lower())
    user.set_password(password)
    user.save(update_fields=["password"])
    if user.lock_reason == LockReason.SIGN_IN:
        unlock(user, reason="password_reset")


def _become(user: User, state: State) -> None:
    user.state = state
    for field, value in UNLOCKED.items():
        setattr(user, field, value)
    user.save(update_fields=["state", "session_generation", *UNLOCKED])


def _record(deed: str, user: User, actor: User | None, **changes: Any) -> None:
    log.record(f"account.{deed}", target=user, actor=actor, changes=changes)


def _tell_of_lock(user: User, actor: User | None) -> None:
    reason, at, until = user.lock_reason, user.locked_at, user.locked_until
    _record("locked", user, actor, reason=str(reason), until=until.isoformat() if until else None)
    signals.announce(signals.account_locked, user, actor=actor, at=at, reason=str(reason), until=until)
