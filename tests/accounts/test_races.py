"""Steps that meet: real threads, real transactions."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts import lifecycle
from accounts.models import State, User
from tests.accounts.people import PASSWORD, make_administrator, make_pending, make_user

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


def test_two_activations_count_once(ear):
    user = make_pending()
    results = at_once(*[lambda: lifecycle.activate(User.objects.get(pk=user.pk), password=PASSWORD)] * 2)
    assert sorted(results) == [False, True]
    assert len(ear.of("account_activated")) == 1


def test_two_locks_count_once(ear):
    user = make_user()
    results = at_once(*[lambda: lifecycle.lock(User.objects.get(pk=user.pk), reason="administrator")] * 2)
    assert sorted(results) == [False, True]
    assert len(ear.of("account_locked")) == 1


def test_two_administrators_who_disable_each_other_leave_one():
    one, two = make_administrator("one@example.com"), make_administrator("two@example.com")

    at_once(
        lambda: lifecycle.disable(User.objects.get(pk=one.pk), User.objects.get(pk=two.pk)),
        lambda: lifecycle.disable(User.objects.get(pk=two.pk), User.objects.get(pk=one.pk)),
    )

    assert User.objects.filter(state=State.ACTIVE).count() == 1


def test_two_who_add_the_same_address_make_one_account(ear):
    results = at_once(*[lambda: lifecycle.create("ann@example.com")] * 2)
    assert User.objects.count() == 1
    assert len(ear.of("account_created")) == 1
    assert sum(isinstance(result, lifecycle.NotPossible) for result in results) == 1
