"""Changing what an account says of its person, and who may."""

import pytest
from django.core.exceptions import ValidationError

from accounts import lifecycle
from accounts.editing import edit
from accounts.guards import NotPossible
from accounts.links import activation_path, reset_path
from accounts.models import State, User
from accounts.roles import Role
from audit.models import Entry
from notifications import delivery, outbox
from notifications.models import Notification
from tests.accounts.people import make_administrator, make_operator, make_pending, make_user
from tests.accounts.test_races import at_once
from tests.notifications.conftest import save_settings

pytestmark = pytest.mark.django_db


def test_what_changed_is_written_down_and_what_did_not_is_not(user, administrator):
    assert edit(user, actor=administrator, name="Anna", time_zone="Europe/Berlin", role=Role.OPERATOR)

    user.refresh_from_db()
    assert (user.name, user.time_zone, user.role) == ("Anna", "Europe/Berlin", Role.OPERATOR)
    assert Entry.objects.get(action="account.edited").changes == {
        "name": ["Ann", "Anna"],
        "time_zone": ["UTC", "Europe/Berlin"],
        "role": ["user", "operator"],
    }
    assert not edit(user, actor=administrator, name="Anna", role=Role.OPERATOR)
    assert Entry.objects.filter(action="account.edited").count() == 1


def test_a_new_address_is_told_to_both(user, administrator, ear):
    ear.forget()
    edit(user, actor=administrator, email=" Anna@Example.com")

    event = ear.of("email_changed")[0]
    assert (event["old"], event["user"].email, event["actor"]) == ("ann@example.com", "anna@example.com", administrator)
    told = Notification.objects.filter(kind="email_changed").values_list("recipient", "facts__to_old")
    assert set(told) == {("anna@example.com", None), ("ann@example.com", True)}


def test_the_same_address_in_other_letters_is_no_change(user, ear):
    ear.forget()
    assert not edit(user, email="ANN@example.com")
    assert ear.names() == []


def test_links_that_were_sent_to_the_old_address_die(client, user):
    pending = make_pending()
    paths = {user: reset_path(user), pending: activation_path(pending)}
    lifecycle.request_link(user)
    for person, path in paths.items():
        edit(person, email=f"new.{person.email}")
        assert "This link does not work any more" in client.get(path).content.decode()
    cancelled = Notification.objects.filter(state="cancelled").values_list("kind", "recipient", "cause")
    assert set(cancelled) == {
        ("password_reset", "ann@example.com", "cancelled.address_changed"),
        ("account_created", "pia@example.com", "cancelled.address_changed"),
    }


def test_a_pending_account_gets_its_link_at_the_new_address_alone(ear):
    user = make_pending("typo@example.com")
    edit(user, email="pia@example.com")
    waiting = Notification.objects.filter(state="waiting").values_list("kind", "recipient")
    assert list(waiting) == [("account_created", "pia@example.com")]


def test_a_link_is_never_made_for_an_address_that_was_given_up(user, plain_server):
    save_settings(plain_server.port)
    Notification.objects.all().delete()
    lifecycle.request_link(user)
    old = Notification.objects.get()
    edit(user, email="anna@example.com")
    old.refresh_from_db()
    assert outbox.send_again(old)

    delivery.deliver_due()

    assert sorted(received.recipients[0] for received in plain_server.received) == [
        "ann@example.com",
        "anna@example.com",
    ]
    assert not any(b"/password/reset/" in received.content for received in plain_server.received)
    old.refresh_from_db()
    assert (old.state, old.cause, old.attempts_count) == ("cancelled", "cancelled.address_changed", 0)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "ann", "is not an e-mail address"),
        ("email", "", "blank"),
        ("name", "A\nnn", "cannot be shown"),
        ("language", "xx", "is not a language of this portal"),
        ("time_zone", "Mars/Olympus", "is not a time zone"),
    ],
)
def test_a_value_that_breaks_its_rule_changes_nothing(user, field, value, words):
    with pytest.raises(ValidationError) as refusal:
        edit(user, **{field: value})
    assert list(refusal.value.message_dict) == [field]
    assert words in str(refusal.value)
    user.refresh_from_db()
    assert (user.email, user.name) == ("ann@example.com", "Ann")


def test_an_address_that_is_taken_is_refused(user):
    make_user("bob@example.com")
    with pytest.raises(NotPossible, match=r"bob@example\.com exists already"):
        edit(user, email="BOB@example.com")


# Roles


def test_nobody_changes_their_own_role(administrator):
    make_administrator("other@example.com")
    with pytest.raises(NotPossible, match="your own account"):
        edit(administrator, actor=administrator, role=Role.USER)


def test_the_last_administrator_stays_one(administrator):
    with pytest.raises(NotPossible, match="last active administrator"):
        edit(administrator, role=Role.USER)
    administrator.refresh_from_db()
    assert administrator.is_superuser


def test_an_operator_reaches_no_administrator_and_makes_none(operator, user, administrator):
    for person in (user, administrator):
        with pytest.raises(NotPossible, match="Only an administrator"):
            edit(person, actor=operator, role=Role.ADMINISTRATOR, name="Eve")
    assert edit(user, actor=operator, role=Role.OPERATOR)
    assert User.objects.get(pk=user.pk).role == Role.OPERATOR
    assert edit(make_operator("two@example.com"), actor=operator, role=Role.USER)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_leave_one():
    one, two = make_administrator("one@example.com"), make_administrator("two@example.com")
    at_once(
        lambda: edit(User.objects.get(pk=one.pk), actor=User.objects.get(pk=two.pk), role=Role.USER),
        lambda: edit(User.objects.get(pk=two.pk), actor=User.objects.get(pk=one.pk), role=Role.USER),
    )
    assert User.objects.filter(is_superuser=True, state=State.ACTIVE).count() == 1
