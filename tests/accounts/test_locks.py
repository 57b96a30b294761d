"""Who is kept out, for how long, and how they get back in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import lifecycle
from accounts.lifecycle import NotPossible
from accounts.models import LockReason, State, User
from tests.accounts.people import lock_by_failures, make_administrator, make_pending, make_user

pytestmark = pytest.mark.django_db


def test_an_administrator_locks_without_end(ear):
    user, administrator = make_user(), make_administrator()
    ear.forget()

    assert lifecycle.lock(user, reason="administrator", actor=administrator)

    user.refresh_from_db()
    assert (user.state, user.is_active, user.locked_until) == (State.LOCKED, False, None)
    event = ear.of("account_locked")[0]
    assert (event["reason"], event["until"], event["actor"]) == ("administrator", None, administrator)
    assert event["at"] == user.locked_at


def test_a_lock_is_told_once(ear):
    user = make_user()
    lifecycle.lock(user, reason="administrator")
    ear.forget()

    assert not lifecycle.lock(user, reason="administrator")
    assert not lifecycle.lock(user, reason="sign_in")
    assert ear.names() == []


def test_an_administrators_lock_replaces_one_by_failures(ear, settings):
    user = make_user()
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    ear.forget()

    assert lifecycle.lock(user, reason="administrator")

    user.refresh_from_db()
    assert (user.lock_reason, user.locked_until) == (LockReason.ADMINISTRATOR, None)
    assert ear.names() == ["account_locked"]


def test_a_lock_by_failures_has_an_end(settings):
    user = make_user()
    lifecycle.lock(user, reason="sign_in")
    assert user.locked_until - user.locked_at == settings.SIGN_IN_LOCK


def test_a_pending_account_is_not_locked():
    with pytest.raises(NotPossible, match="pending"):
        lifecycle.lock(make_pending(), reason="administrator")


def test_unlocking_clears_the_lock_and_the_count(ear, settings):
    user, administrator = make_user(), make_administrator()
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    ear.forget()

    assert lifecycle.unlock(user, administrator)
    assert not lifecycle.unlock(user, administrator)

    user.refresh_from_db()
    assert (user.state, user.failed_sign_ins, user.locked_at, user.lock_reason) == (State.ACTIVE, 0, None, "")
    assert ear.names() == ["account_unlocked"]


def test_an_expired_lock_ends_once(ear, settings, time_machine):
    user = make_user()
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    assert not lifecycle.end_expired_lock(user)
    time_machine.move_to(timezone.now() + settings.SIGN_IN_LOCK + timedelta(seconds=1))
    ear.forget()

    assert lifecycle.end_expired_locks() == 1
    assert lifecycle.end_expired_locks() == 0
    assert ear.of("account_unlocked")[0]["reason"] == "time"


def test_failures_lock_at_the_limit(ear, settings):
    settings.SIGN_IN_FAILURES = 3
    user = make_user()
    ear.forget()

    locked = [lifecycle.count_failed_sign_in(user) for _ in range(5)]

    user.refresh_from_db()
    assert locked == [False, False, True, False, False]
    assert (user.state, user.lock_reason, user.failed_sign_ins) == (State.LOCKED, LockReason.SIGN_IN, 3)
    assert ear.names() == ["account_locked"]
    assert ear.of("account_locked")[0]["until"] == user.locked_at + settings.SIGN_IN_LOCK


@pytest.mark.parametrize("make", [make_pending, lambda: _disabled()])
def test_failures_of_a_closed_account_are_not_counted(make):
    user = make()
    for _ in range(10):
        assert not lifecycle.count_failed_sign_in(user)
    user.refresh_from_db()
    assert user.failed_sign_ins == 0


def _disabled() -> User:
    user = make_user()
    lifecycle.disable(user)
    return user
