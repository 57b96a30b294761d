"""What people do behind the links that e-mails bring, and about their own password."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import lifecycle
from accounts.links import activation_path, reset_path
from accounts.models import LockReason, State, User
from tests.accounts.people import NEW_PASSWORD, PASSWORD, lock_by_failures, make_pending, make_user

pytestmark = pytest.mark.django_db
DEAD = "This link does not work any more"


def set_password(client, path, password=PASSWORD, again=None):
    """Open the link, as a person does, and send the form behind it."""
    form = client.get(path).headers["Location"]
    return client.post(form, {"new_password1": password, "new_password2": again or password}, follow=True)


# Activation


def test_activation_from_the_link_to_the_first_sign_in(client, ear):
    user = make_pending()
    ear.forget()

    page = set_password(client, activation_path(user)).content.decode()

    assert "Your account is active. Sign in with your new password." in page
    assert ear.names() == ["account_activated"]
    client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 200


def test_the_token_leaves_the_address(client):
    user = make_pending()
    path = activation_path(user)
    response = client.get(path)
    assert response.status_code == 302
    assert path.split("/")[-2] not in response.headers["Location"]
    assert response.headers["Location"].endswith("/set-password/")


def test_opening_the_link_uses_nothing_up(client, django_user_model):
    user = make_pending()
    path = activation_path(user)
    for _ in range(3):
        assert client.get(path, follow=True).status_code == 200
    assert User.objects.get().state == State.PENDING
    assert "Your account is active" in set_password(client, path).content.decode()


def test_a_link_works_once(client):
    user = make_pending()
    path = activation_path(user)
    set_password(client, path)
    assert DEAD in client.get(path).content.decode()


def test_an_old_link_is_dead(client, settings, time_machine):
    path = activation_path(make_pending())
    time_machine.move_to(timezone.now() + settings.ACTIVATION_LIFETIME + timedelta(seconds=2))
    assert DEAD in client.get(path).content.decode()


def test_a_newer_link_ends_the_earlier_even_when_it_is_open(client):
    user = make_pending()
    form = client.get(activation_path(user)).headers["Location"]
    lifecycle.send_link_again(user, None)
    page = client.post(form, {"new_password1": PASSWORD, "new_password2": PASSWORD}, follow=True)
    assert DEAD in page.content.decode()
    assert User.objects.get().state == State.PENDING


@pytest.mark.parametrize(
    "path",
    ["/activate/x/y/", "/activate/MQ/set-password/", "/activate/%00/%00/", "/activate/OTk5OTk5OTk5OTk5OTk5OTk5OTk5/y/"],
)
@pytest.mark.parametrize("base", ["/activate/", "/password/reset/"])
def test_invented_links_are_dead(client, path, base):
    response = client.get(path.replace("/activate/", base))
    assert response.status_code == 200
    assert DEAD in response.content.decode()


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", None, "too short"),
        ("123456789012345", None, "entirely numeric"),
        ("pia@example.com", None, "too similar"),
        (PASSWORD, NEW_PASSWORD, "The two passwords are not the same."),
        ("a\x00" * 10, None, "Null characters"),
    ],
)
def test_a_password_that_breaks_a_rule_is_told(client, password, again, sentence):
    user = make_pending()
    page = set_password(client, activation_path(user), password, again).content.decode()
    assert sentence in page
    assert User.objects.get().state == State.PENDING


# Forgotten password


def test_the_answer_does_not_tell_whether_the_address_exists(client, user, ear):
    ear.forget()
    pages = [
        client.post("/password/forgotten/", {"email": email}, follow=True).content
        for email in ("ann@example.com", "nobody@example.com")
    ]
    assert pages[0] == pages[1]
    assert ear.names() == ["password_reset_requested"]
    assert ear.events[0][1]["user"] == user


def test_closed_accounts_are_sent_nothing(client, ear):
    locked, disabled = make_user("locked@example.com"), make_user("disabled@example.com")
    lifecycle.lock(locked, reason="administrator")
    lifecycle.disable(disabled)
    ear.forget()
    for email in ("locked@example.com", "disabled@example.com"):
        client.post("/password/forgotten/", {"email": email})
    assert ear.names() == []


@pytest.mark.parametrize("page", ["/password/forgotten/", "/activate/again/"])
def test_a_pending_account_is_sent_its_activation_link_again(client, ear, page):
    user = make_pending()
    earlier = activation_path(user)
    ear.forget()

    response = client.post(page, {"email": "Pia@example.com"})

    assert response.headers["Location"] == "/password/forgotten/sent/"
    assert ear.names() == ["link_requested"]
    assert DEAD in client.get(earlier).content.decode()


def test_a_dead_activation_link_leads_to_a_new_one(client):
    assert "/activate/again/" in client.get("/activate/x/y/").content.decode()
    assert "Send the activation link again" in client.get("/activate/again/").content.decode()


def test_a_reset_ends_a_lock_by_failures(client, user, settings, ear):
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    ear.forget()
    client.post("/password/forgotten/", {"email": "ANN@example.com"})

    page = set_password(client, reset_path(user), NEW_PASSWORD).content.decode()

    assert "Your password is changed. Sign in with it." in page
    assert ear.names() == ["password_reset_requested", "password_changed", "account_unlocked"]
    user.refresh_from_db()
    assert user.state == State.ACTIVE
    assert user.check_password(NEW_PASSWORD)


def test_a_reset_does_not_end_an_administrators_lock(client, user):
    path = reset_path(user)
    lifecycle.lock(user, reason="administrator")
    set_password(client, path, NEW_PASSWORD)
    user.refresh_from_db()
    assert (user.state, user.lock_reason) == (State.LOCKED, LockReason.ADMINISTRATOR)


def test_a_reset_of_a_disabled_account_is_refused(client, user):
    path = reset_path(user)
    lifecycle.disable(user)
    page = set_password(client, path, NEW_PASSWORD).content.decode()
    assert "This account is disabled" in page
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_reset_link_works_once(client, user):
    path = reset_path(user)
    set_password(client, path, NEW_PASSWORD)
    assert DEAD in client.get(path).content.decode()


def test_an_account_that_an_administrator_activated_gets_its_first_password(client):
    user = make_pending()
    lifecycle.activate(user)
    set_password(client, reset_path(user))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


# Change of password


def test_changing_the_password_keeps_this_session(client, user, ear):
    client.force_login(user)
    ear.forget()
    change = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    page = client.post("/password/change/", change, follow=True).content.decode()

    assert "Your password is changed." in page
    assert ear.names() == ["password_changed"]
    event = ear.events[0][1]
    assert (event["user"], event["actor"], event["ip"]) == (user, user, "127.0.0.1")
    assert client.get("/account/").status_code == 200


def test_the_present_password_has_to_be_right(client, user):
    client.force_login(user)
    change = {"old_password": "wrong", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert "This is not your present password." in client.post("/password/change/", change).content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
