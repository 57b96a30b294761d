"""Steps that meet: real threads, real transactions."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.utils import timezone

from accounts import creation, lifecycle
from accounts.editing import edit
from accounts.models import State, User
from notifications.models import Notification
from tests.accounts.people import NEW_PASSWORD, PASSWORD, make_administrator, make_pending, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """What each step returned or raised, all of them begun at the same moment."""
    barrier, results = threading.Barrier(len(steps)), [None] * len(steps)

    def run(number: int, step: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[number] = step()
        except lifecycle.NotPossible as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_failures_that_arrive_together_lock_once(ear, settings):
    settings.SIGN_IN_FAILURES = 8
    user = make_user()

    def fail() -> list[bool]:
        own = User.objects.get(pk=user.pk)
        return [lifecycle.count_failed_sign_in(own) for _ in range(6)]

    results = at_once(fail, fail)

    user.refresh_from_db()
    assert (user.state, user.failed_sign_ins) == (State.LOCKED, 8)
    assert sorted([*results[0], *results[1]]) == [False] * 11 + [True]
    assert len(ear.of("account_locked")) == 1


def _locked() -> User:
    user = make_user()
    lifecycle.lock(user, reason="administrator")
    return user


def _disabled() -> User:
    user = make_user()
    lifecycle.disable(user)
    return user


STEPS: dict[str, tuple[Callable[[], User], Callable[[User], Any], str]] = {
    "activate": (make_pending, lambda user: lifecycle.activate(user, password=PASSWORD), "account_activated"),
    "lock": (make_user, lambda user: lifecycle.lock(user, reason="administrator"), "account_locked"),
    "unlock": (_locked, lifecycle.unlock, "account_unlocked"),
    "disable": (make_user, lifecycle.disable, "account_disabled"),
    "enable": (_disabled, lifecycle.enable, "account_enabled"),
    "edit": (make_user, lambda user: edit(user, email="anna@example.com"), "email_changed"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_taken_twice_at_once_is_taken_and_told_once(ear, step):
    make, take, signal = STEPS[step]
    pk = make().pk
    ear.forget()
    results = at_once(*[lambda: take(User.objects.get(pk=pk))] * 3)
    assert sorted(results) == [False, False, True]
    assert ear.names().count(signal) == 1


def test_a_lock_that_ends_is_ended_once_whoever_notices(ear, settings, time_machine):
    user = make_user()
    lifecycle.lock(user, reason="sign_in")
    time_machine.move_to(timezone.now() + settings.SIGN_IN_LOCK * 2)
    results = at_once(
        lifecycle.end_expired_locks,
        lambda: lifecycle.end_expired_lock(User.objects.get(pk=user.pk)),
        lambda: authenticate(username=user.email, password=PASSWORD),
    )
    assert results[2] == user
    assert len(ear.of("account_unlocked")) == 1


@pytest.mark.parametrize("step", STEPS)
def test_deleting_meets_every_step(step):
    make, take, _signal = STEPS[step]
    pk = make().pk
    at_once(
        lambda: lifecycle.delete(User.objects.get(pk=pk)),
        lambda: take(User.objects.filter(pk=pk).first() or User(pk=pk)),
    )
    assert not User.objects.filter(pk=pk).exists()
    assert not Notification.objects.filter(user_id=pk).exists()


@pytest.mark.parametrize(
    ("one", "other", "ends"),
    [
        ("activate", "disable", {State.DISABLED, State.ACTIVE}),
        ("lock", "disable", {State.DISABLED}),
        ("unlock", "disable", {State.DISABLED}),
        ("lock", "edit", {State.LOCKED}),
    ],
)
def test_different_steps_at_once_leave_a_state_that_one_after_the_other_would(one, other, ends):
    make, take, _signal = STEPS[one]
    pk = make().pk
    at_once(lambda: take(User.objects.get(pk=pk)), lambda: STEPS[other][1](User.objects.get(pk=pk)))
    assert User.objects.get(pk=pk).state in ends


def test_a_new_password_and_an_activation_at_once_leave_no_doubt_who_was_told(ear):
    user = make_pending()
    ear.forget()

    def set_password() -> None:
        own = User.objects.get(pk=user.pk)
        own.set_password(NEW_PASSWORD)
        own.save(update_fields=["password"])

    at_once(set_password, lambda: lifecycle.activate(User.objects.get(pk=user.pk), password=PASSWORD))
    assert ear.names().count("account_activated") == 1
    # Told of as a change where it came second, not where it was the first password.
    came_second = User.objects.get(pk=user.pk).check_password(NEW_PASSWORD)
    assert ("password_changed" in ear.names()) == came_second


def test_two_links_at_once_leave_one_that_waits():
    user = make_pending()
    at_once(*[lambda: lifecycle.request_link(User.objects.get(pk=user.pk))] * 3)
    user.refresh_from_db()
    assert user.link_generation == 3
    assert Notification.objects.filter(user=user, state="waiting").count() == 1


def test_four_locks_at_once_are_told_at_most_three_times(ear):
    user = make_user()

    def lock_and_unlock() -> None:
        for _ in range(3):
            lifecycle.lock(User.objects.get(pk=user.pk), reason="administrator")
            lifecycle.unlock(User.objects.get(pk=user.pk))

    at_once(lock_and_unlock, lock_and_unlock)
    assert Notification.objects.filter(kind="account_locked", state="waiting").count() == 3


def test_two_administrators_who_disable_each_other_leave_one():
    one, two = make_administrator("one@example.com"), make_administrator("two@example.com")

    at_once(
        lambda: lifecycle.disable(User.objects.get(pk=one.pk), User.objects.get(pk=two.pk)),
        lambda: lifecycle.disable(User.objects.get(pk=two.pk), User.objects.get(pk=one.pk)),
    )

    assert User.objects.filter(state=State.ACTIVE).count() == 1


def test_two_who_add_the_same_address_make_one_account(ear):
    results = at_once(*[lambda: creation.create("ann@example.com")] * 2)
    assert User.objects.count() == 1
    assert len(ear.of("account_created")) == 1
    assert sum(isinstance(result, lifecycle.NotPossible) for result in results) == 1
