from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import lifecycle
from accounts.models import State, User
from accounts.roles import Role
from tests.accounts.people import PASSWORD, lock_by_failures, make_pending, make_user

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_unlock_account_unlocks(ear, settings):
    user = make_user()
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    assert run("unlock_account", "ANN@example.com") == "ann@example.com is unlocked.\n"
    assert ear.of("account_unlocked")[0]["reason"] == "command"
    assert run("unlock_account", "ann@example.com") == "ann@example.com is not locked.\n"


def test_unlock_account_ends_an_administrators_lock():
    user = make_user()
    lifecycle.lock(user, reason="administrator")
    run("unlock_account", "ann@example.com")
    user.refresh_from_db()
    assert user.state == State.ACTIVE


def test_unlock_account_says_what_it_cannot_do():
    with pytest.raises(CommandError, match=r"no account with the address nobody@example\.com"):
        run("unlock_account", "nobody@example.com")
    make_pending()
    with pytest.raises(CommandError, match="not locked; it is pending"):
        run("unlock_account", "pia@example.com")


def test_createsuperuser_without_questions(monkeypatch, ear):
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Root@example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    run("createsuperuser", "--noinput")

    user = User.objects.get()
    assert (user.email, user.state, user.role) == ("root@example.com", State.ACTIVE, Role.ADMINISTRATOR)
    assert user.check_password(PASSWORD)
    assert ear.names() == ["account_created"]


def test_createsuperuser_twice_says_why_not(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    run("createsuperuser", "--noinput", "--email", "root@example.com")
    with pytest.raises(CommandError, match="already taken"):
        run("createsuperuser", "--noinput", "--email", "ROOT@example.com")
