"""Many accounts at once are made as one is: the same state, entries and signals."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import creation, lifecycle
from accounts.creation import Newcomer
from accounts.models import State, User
from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notification
from tests.accounts.people import make_user

pytestmark = pytest.mark.django_db


def newcomer(email: str, name: str = "", role: Role = Role.USER) -> Newcomer:
    return Newcomer(email, name, role, "en", "Europe/Oslo")


def values(row, *names):
    return tuple(getattr(row, name) for name in names)


def test_it_is_as_if_each_were_created(administrator, ear):
    ear.forget()
    creation.create("one@example.com", "One", actor=administrator, operator=True, time_zone="Europe/Oslo")
    [many] = creation.create_many([newcomer("two@example.com", "Two", Role.OPERATOR)], actor=administrator)

    one, two = User.objects.get(email="one@example.com"), User.objects.get(email="two@example.com")
    assert many == two
    same = ("state", "is_active", "language", "time_zone", "role", "is_superuser", "link_generation")
    assert values(two, *same) == values(one, *same)
    assert not two.has_usable_password()

    entries = Entry.objects.filter(action="account.created").order_by("-pk")[:2]
    same = ("actor", "actor_name", "action", "changes", "ip")
    assert values(entries[0], *same) == values(entries[1], *same)
    assert entries[0].target == "Two <two@example.com>"

    assert ear.names() == ["account_created"] * 2
    first, second = ear.of("account_created")
    assert {**first, "user": two, "at": second["at"], "event_id": second["event_id"]} == second
    assert first["event_id"] != second["event_id"]

    told = [Notification.objects.get(recipient=user.email) for user in (one, two)]
    same = ("kind", "state", "language", "facts", "attempts_count")
    assert values(told[0], *same) == values(told[1], *same)
    assert told[1].user == two
    assert told[0].message_id != told[1].message_id


def test_who_has_an_account_already_is_left_alone(ear):
    ann = make_user()
    ear.forget()
    new = creation.create_many([newcomer("ann@example.com", "Impostor"), newcomer("bob@example.com")])
    ann.refresh_from_db()
    assert [user.email for user in new] == ["bob@example.com"]
    assert (ann.name, ann.state) == ("Ann", State.ACTIVE)
    assert [event["user"].email for event in ear.of("account_created")] == ["bob@example.com"]


def test_an_address_that_is_taken_after_the_look_costs_the_others_nothing(administrator):
    """Twice in one call is the same to the database as somebody else's insertion in between."""
    new = creation.create_many(
        [
            newcomer("ann@example.com", "First"),
            newcomer("ann@example.com", "Second"),
            newcomer("bob@example.com", role=Role.ADMINISTRATOR),
        ],
        actor=administrator,
    )
    assert [(user.email, user.name, user.role) for user in new] == [
        ("ann@example.com", "First", Role.USER),
        ("bob@example.com", "", Role.ADMINISTRATOR),
    ]
    assert User.objects.get(email="ann@example.com").name == "First"
    assert Notification.objects.filter(recipient="ann@example.com").count() == 1


@pytest.mark.parametrize("role", [Role.USER, Role.OPERATOR])
def test_an_operator_makes_users_and_operators(operator, role):
    [user] = creation.create_many([newcomer("bob@example.com", role=role)], actor=operator)
    assert User.objects.get(pk=user.pk).role == role


def test_an_operator_makes_no_administrator_and_then_nobody(operator):
    with pytest.raises(lifecycle.NotPossible, match="Only an administrator"):
        creation.create_many(
            [newcomer("bob@example.com"), newcomer("eve@example.com", role=Role.ADMINISTRATOR)], actor=operator
        )
    assert not User.objects.filter(email__in=["bob@example.com", "eve@example.com"]).exists()


def test_a_receiver_that_fails_undoes_all(monkeypatch):
    def fail(rows: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("notifications.outbox.write", fail)
    with pytest.raises(RuntimeError):
        creation.create_many([newcomer("bob@example.com")])
    assert not User.objects.exists()
    assert not Entry.objects.exists()


def test_statements_do_not_grow_with_the_number(administrator):
    def count(prefix: str, number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            creation.create_many([newcomer(f"{prefix}{n}@example.com") for n in range(number)], actor=administrator)
        return len(captured)

    assert count("few", 2) == count("more", 30)
