import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import creation, lifecycle
from accounts.lifecycle import NotPossible
from accounts.models import State, User
from accounts.roles import Role
from accounts.signals import account_locked
from audit.models import Entry
from tests.accounts.people import PASSWORD, make_administrator, make_operator, make_pending, make_user

pytestmark = pytest.mark.django_db


def deeds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


# Created


def test_a_created_account_is_pending_without_a_password(ear):
    user = creation.create("  Ann@Example.COM ", "Ann")

    assert (user.email, user.state, user.is_active) == ("ann@example.com", State.PENDING, False)
    assert not user.has_usable_password()
    assert ear.names() == ["account_created"]
    assert deeds() == ["account.created"]


def test_a_created_account_with_a_password_is_active_at_once(ear):
    user = creation.create("ann@example.com", "Ann", password=PASSWORD)

    assert (user.state, user.is_active) == (State.ACTIVE, True)
    assert user.check_password(PASSWORD)
    assert ear.names() == ["account_created"]


def test_the_event_says_who_when_and_which(ear):
    administrator = make_administrator()
    ear.forget()

    creation.create("ann@example.com", "Ann", actor=administrator)

    event = ear.of("account_created")[0]
    assert event["actor"] == administrator
    assert event["at"] <= timezone.now()
    assert len(str(event["event_id"])) == 36
    assert event["ip"] is None


@pytest.mark.parametrize("again", ["ann@example.com", "ANN@example.com", " Ann@EXAMPLE.com"])
def test_an_address_is_taken_in_any_case(again):
    make_user("ann@example.com")

    with pytest.raises(NotPossible, match=r"ann@example\.com exists already"):
        creation.create(again)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("", "Ann"),
        ("ann", "Ann"),
        ("ann@example.com\nBcc: x@example.com", "Ann"),
        ("a" * 250 + "@example.com", "Ann"),
        ("ann@example.com", "A" * 151),
        ("ann@example.com", "Ann\r\nBcc: x@example.com"),
        ("ann@example.com", "Ann\x00"),
        ("ann@example.com", "Ann\ud800"),
        ("ann@example.com", "Ann\u202enna"),
    ],
)
def test_values_that_break_a_rule_make_no_account(email, name, ear):
    with pytest.raises(ValidationError):
        creation.create(email, name)
    assert not User.objects.exists()
    assert ear.names() == []


@pytest.mark.parametrize("name", ["أحمد", "\u200fعلي", "O'Hara <b>", "Zoë 👩‍🔧", ""])
def test_names_of_any_script_are_taken(name):
    assert creation.create("ann@example.com", name).name == name


def test_a_receiver_that_fails_undoes_the_change():
    user = make_user()

    def broken(**_event):
        raise RuntimeError("the outbox is full")

    account_locked.connect(broken)
    try:
        with pytest.raises(RuntimeError):
            lifecycle.lock(user, reason="administrator")
    finally:
        account_locked.disconnect(broken)
    user.refresh_from_db()
    assert user.state == State.ACTIVE


def test_roles_are_told_apart():
    assert make_administrator().role == Role.ADMINISTRATOR
    assert make_operator().role == Role.OPERATOR
    assert make_user().role == Role.USER


def test_an_operator_makes_no_administrator():
    with pytest.raises(NotPossible):
        creation.create("eve@example.com", actor=make_operator(), administrator=True)


# Activated


def test_activation_sets_the_first_password(ear):
    user = make_pending()
    ear.forget()

    assert lifecycle.activate(user, password=PASSWORD)

    user.refresh_from_db()
    assert (user.state, user.is_active) == (State.ACTIVE, True)
    assert user.check_password(PASSWORD)
    assert ear.names() == ["account_activated"]


def test_activation_happens_once(ear):
    user = make_pending()
    lifecycle.activate(user, password=PASSWORD)
    ear.forget()

    assert not lifecycle.activate(User.objects.get(), password="another secret 33")

    assert ear.names() == []
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("step", [lambda user: lifecycle.lock(user, reason="administrator"), lifecycle.disable])
def test_a_closed_account_is_not_activated(step):
    user = make_user()
    step(user)
    with pytest.raises(NotPossible, match="cannot be activated"):
        lifecycle.activate(user)


def test_sending_the_link_again_raises_the_generation(ear):
    user = make_pending()
    ear.forget()

    lifecycle.send_link_again(user, None)

    assert user.link_generation == 1
    assert ear.names() == ["link_requested"]


def test_an_active_account_gets_no_new_link():
    with pytest.raises(NotPossible, match="not activated yet"):
        lifecycle.send_link_again(make_user(), None)


# Disabled, enabled, deleted


def test_a_disabled_account_can_be_enabled_again(ear):
    user = make_user()
    ear.forget()

    assert lifecycle.disable(user)
    assert not lifecycle.disable(user)
    assert lifecycle.enable(user)
    assert not lifecycle.enable(user)

    assert user.state == State.ACTIVE
    assert ear.names() == ["account_disabled", "account_enabled"]


def test_an_account_that_was_never_active_is_enabled_as_pending():
    user = make_pending()
    lifecycle.disable(user)
    lifecycle.enable(user)
    assert user.state == State.PENDING


def test_disabling_forgets_the_lock():
    user = make_user()
    lifecycle.lock(user, reason="administrator")
    lifecycle.disable(user)
    user.refresh_from_db()
    assert (user.locked_at, user.lock_reason) == (None, "")


def test_a_deleted_account_leaves_its_trace():
    user, administrator = make_user(), make_administrator()
    lifecycle.delete(user, administrator)
    assert not User.objects.filter(email="ann@example.com").exists()
    entry = Entry.objects.get(action="account.deleted")
    assert (entry.target, entry.actor_name) == ("Ann <ann@example.com>", "Adele <adele@example.com>")


def test_a_step_on_a_deleted_account_is_refused():
    user = make_user()
    other = User.objects.get()
    lifecycle.delete(other)
    with pytest.raises(NotPossible, match="not exist any more"):
        lifecycle.lock(user, reason="administrator")


# The state and its column


def test_is_active_follows_the_state():
    user = make_user()
    user.is_active = False
    user.save()
    assert User.objects.get().is_active
    user.state = State.DISABLED
    user.save(update_fields=["state"])
    assert not User.objects.get().is_active


def test_an_address_of_any_script_is_taken():
    user = creation.create("Müller@BÜCHER.example")
    assert User.objects.get(email="MÜLLER@bücher.example") == user


def test_the_audit_trail_knows_whom_it_was_done_to():
    user = make_user()
    assert [entry.subject_id for entry in Entry.objects.filter(action="account.created")] == [user.pk]
    lifecycle.delete(user)
    assert Entry.objects.get(action="account.deleted").target == "Ann <ann@example.com>"
