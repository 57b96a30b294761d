from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate
from django.utils import timezone

from accounts import lifecycle
from accounts.models import State, User
from audit.models import Entry
from tests.accounts.people import NEW_PASSWORD, PASSWORD, lock_by_failures, make_pending, make_user

pytestmark = pytest.mark.django_db
PAGE = "/sign-in/"
REFUSAL = "The e-mail address and the password do not match"


def sign_in(client, email="ann@example.com", password=PASSWORD, **further):
    return client.post(PAGE, {"username": email, "password": password, **further})


@pytest.mark.parametrize("email", ["ann@example.com", "Ann@Example.COM", "  ann@example.com "])
def test_the_address_is_taken_in_any_case(client, user, email):
    response = sign_in(client, email)
    assert response.status_code == 302
    assert client.get("/account/").status_code == 200
    assert Entry.objects.filter(action="account.signed_in").count() == 1


def test_every_refusal_reads_the_same(client, user):
    make_pending()
    locked, disabled = make_user("locked@example.com"), make_user("disabled@example.com")
    lifecycle.lock(locked, reason="administrator")
    lifecycle.disable(disabled)

    answers = {
        sign_in(client, email, password).context["form"].non_field_errors()[0]
        for email, password in [
            ("ann@example.com", "wrong"),
            ("nobody@example.com", PASSWORD),
            ("pia@example.com", PASSWORD),
            ("locked@example.com", PASSWORD),
            ("disabled@example.com", PASSWORD),
        ]
    }

    assert len(answers) == 1
    assert answers.pop().startswith(REFUSAL)


def test_the_limit_locks_and_the_right_password_does_not_open(client, user, ear, settings):
    for _ in range(settings.SIGN_IN_FAILURES):
        sign_in(client, password="wrong")

    event = ear.of("account_locked")[0]
    assert (event["reason"], event["ip"]) == ("sign_in", "127.0.0.1")
    assert REFUSAL in sign_in(client).content.decode()


def test_success_starts_the_count_anew(client, user, settings):
    for _ in range(3):
        for _ in range(settings.SIGN_IN_FAILURES - 1):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 302
    assert User.objects.get().failed_sign_ins == 0


def test_a_lock_ends_with_its_time(client, user, settings, time_machine):
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    time_machine.move_to(timezone.now() + settings.SIGN_IN_LOCK + timedelta(seconds=1))
    assert sign_in(client).status_code == 302


def test_after_the_time_failures_are_counted_anew(client, user, settings, time_machine):
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    time_machine.move_to(timezone.now() + settings.SIGN_IN_LOCK + timedelta(seconds=1))
    sign_in(client, password="wrong")
    user.refresh_from_db()
    assert (user.state, user.failed_sign_ins) == (State.ACTIVE, 1)


@pytest.mark.parametrize("close", [lambda user: lifecycle.lock(user, reason="administrator"), lifecycle.disable])
def test_a_closed_account_is_signed_out(client, user, close):
    client.force_login(user)
    close(user)
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("unlock", [lifecycle.unlock, str], ids=["by hand", "by time"])
def test_a_lock_ends_the_sessions_for_good(client, user, settings, time_machine, unlock):
    client.force_login(user)
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    assert client.get("/account/").status_code == 302
    unlock(user)
    time_machine.move_to(timezone.now() + settings.SIGN_IN_LOCK + timedelta(seconds=1))
    assert client.get("/account/").status_code == 302
    sign_in(client)
    assert client.get("/account/").status_code == 200


def test_a_changed_password_ends_the_other_sessions(client, user):
    client.force_login(user)
    user.set_password(NEW_PASSWORD)
    user.save()
    assert client.get("/account/").status_code == 302


def test_the_asynchronous_way_knows_the_lock_too(user, settings):
    settings.SIGN_IN_FAILURES = 1
    assert async_to_sync(aauthenticate)(username="ann@example.com", password="wrong") is None
    user.refresh_from_db()
    assert user.state == State.LOCKED
    assert async_to_sync(aauthenticate)(username="ann@example.com", password=PASSWORD) is None


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b"])
def test_what_no_database_takes_is_a_refusal(user, value):
    assert authenticate(username=value, password=PASSWORD) is None
    assert authenticate(username="ann@example.com", password=value) is None


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("/account/", "/account/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_next_leads_only_to_our_own_pages(client, user, target, leads):
    assert sign_in(client, next=target).headers["Location"] == leads


def test_a_page_that_needs_signing_in_leads_back_to_itself(client, user):
    response = client.get("/account/")
    assert response.headers["Location"] == "/sign-in/?next=/account/"
    assert 'name="next" value="/account/"' in client.get(response.headers["Location"]).content.decode()


def test_signing_out_is_a_post(client, user):
    client.force_login(user)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302
    assert client.post("/sign-out/").status_code == 302


def test_empty_fields_are_named(client):
    page = sign_in(client, "", "").content.decode()
    assert "Enter your e-mail address." in page
    assert "Enter your password." in page
