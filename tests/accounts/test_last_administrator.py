"""Whose account cannot be closed, and by whom not."""

import pytest

from accounts import lifecycle
from accounts.lifecycle import NotPossible
from accounts.models import State, User
from tests.accounts.people import lock_by_failures, make_administrator, make_operator

pytestmark = pytest.mark.django_db


BY_HAND = [
    lambda user, actor: lifecycle.lock(user, reason="administrator", actor=actor),
    lifecycle.disable,
    lifecycle.delete,
]


@pytest.mark.parametrize("step", BY_HAND)
def test_the_last_active_administrator_stays(step):
    last, locked = make_administrator("last@example.com"), make_administrator("locked@example.com")
    lifecycle.lock(locked, reason="administrator")

    with pytest.raises(NotPossible, match="last active administrator"):
        step(last, None)
    last.refresh_from_db()
    assert last.state == State.ACTIVE


@pytest.mark.parametrize("step", BY_HAND)
def test_another_administrator_can_go(step):
    actor, other = make_administrator("actor@example.com"), make_administrator("other@example.com")
    step(other, actor)
    assert list(User.objects.filter(state=State.ACTIVE)) == [actor]


def test_failures_lock_the_last_administrator_too(settings):
    last = make_administrator()
    lock_by_failures(last, settings.SIGN_IN_FAILURES)
    assert last.state == State.LOCKED


@pytest.mark.parametrize("step", BY_HAND)
def test_nobody_closes_their_own_account(step):
    actor = make_administrator("actor@example.com")
    make_administrator("other@example.com")
    with pytest.raises(NotPossible, match="your own account"):
        step(actor, actor)


@pytest.mark.parametrize("step", [*BY_HAND, lifecycle.unlock, lifecycle.enable])
def test_an_operator_does_not_reach_an_administrator(step):
    make_administrator("other@example.com")
    with pytest.raises(NotPossible, match="Only an administrator"):
        step(make_administrator(), make_operator())
