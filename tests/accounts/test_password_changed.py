"""Who is told of a new password, and who is not."""

from io import StringIO
from unittest import mock

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from accounts import lifecycle
from accounts.forms import PasswordChangeForm
from accounts.models import User
from audit.models import Entry
from tests.accounts.people import NEW_PASSWORD, PASSWORD, make_pending, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db, ear):
    user = make_user()
    ear.forget()
    return User.objects.get(pk=user.pk)


def test_setting_and_saving_tells(user, ear):
    user.set_password(NEW_PASSWORD)
    user.save()

    assert ear.names() == ["password_changed"]
    assert ear.events[0][1]["user"] == user
    entry = Entry.objects.get(action="account.password_changed")
    assert NEW_PASSWORD not in str(entry.changes)


def test_saving_again_tells_nothing_more(user, ear):
    user.set_password(NEW_PASSWORD)
    user.save()
    user.save()
    assert ear.names() == ["password_changed"]


def test_saving_only_the_password_tells(user, ear):
    user.set_password(NEW_PASSWORD)
    user.save(update_fields=["password"])
    assert ear.names() == ["password_changed"]


def test_a_save_that_leaves_the_password_out_tells_later(user, ear):
    user.set_password(NEW_PASSWORD)
    user.save(update_fields=["name"])
    assert ear.names() == []
    user.save()
    assert ear.names() == ["password_changed"]


def test_a_failing_receiver_keeps_the_old_password(user):
    from accounts.signals import password_changed

    def broken(**_event):
        raise RuntimeError("the outbox is full")

    password_changed.connect(broken)
    try:
        user.set_password(NEW_PASSWORD)
        with pytest.raises(RuntimeError):
            user.save()
    finally:
        password_changed.disconnect(broken)
    assert User.objects.get().check_password(PASSWORD)


def test_the_form_tells(user, ear):
    form = PasswordChangeForm(
        user, {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    )
    assert form.is_valid(), form.errors
    form.save()
    assert ear.names() == ["password_changed"]


def test_the_command_tells(user, ear):
    with mock.patch("getpass.getpass", return_value=NEW_PASSWORD):
        call_command("changepassword", "Ann@example.com", stdout=StringIO())
    assert ear.names() == ["password_changed"]
    assert User.objects.get().check_password(NEW_PASSWORD)


def test_a_reset_tells(user, ear):
    lifecycle.reset_password(user, NEW_PASSWORD)
    assert ear.names() == ["password_changed"]


def test_an_upgrade_of_the_hash_does_not_tell(user, ear, settings):
    before = user.password
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert authenticate(username="ann@example.com", password=PASSWORD) == user
    assert User.objects.get().password != before
    assert ear.names() == []


def test_a_first_password_does_not_tell(ear):
    make_user("bob@example.com")
    lifecycle.activate(make_pending(), password=PASSWORD)
    assert "password_changed" not in ear.names()


def test_the_first_password_after_an_administrators_activation_tells(ear):
    # It came by a reset link: whoever owns the mailbox should know.
    user = make_pending()
    lifecycle.activate(user)
    ear.forget()
    lifecycle.reset_password(user, NEW_PASSWORD)
    assert ear.names() == ["password_changed"]
