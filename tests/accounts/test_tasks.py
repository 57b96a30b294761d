from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.utils import timezone

from accounts import limits, tasks
from accounts.limits import Tally
from accounts.models import State
from tests.accounts.people import lock_by_failures, make_user

pytestmark = pytest.mark.django_db


def test_tidying_ends_expired_locks_and_forgets_old_tries(settings, time_machine, ear):
    user = make_user()
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    limits.take("sign_in", "bob@example.com", "192.0.2.1")
    tasks.tidy()
    user.refresh_from_db()
    assert (user.state, Tally.objects.count()) == (State.LOCKED, 2)

    time_machine.move_to(timezone.now() + settings.SIGN_IN_LOCK + timedelta(seconds=1))
    tasks.tidy()

    user.refresh_from_db()
    assert (user.state, Tally.objects.count()) == (State.ACTIVE, 0)
    assert [event["reason"] for event in ear.of("account_unlocked")] == ["time"]
    tasks.tidy()
    assert len(ear.of("account_unlocked")) == 1


def test_the_clock_tidies():
    assert "accounts.tasks.tidy" in [entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()]
