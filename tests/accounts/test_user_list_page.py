"""The list of the users: what it finds, how it sorts, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.editing import edit
from accounts.models import User
from accounts.roles import Role
from tests.accounts.people import lock_by_failures, make_operator, make_pending, make_user
from tests.accounts.test_users_pages import LIST

pytestmark = pytest.mark.django_db


def emails(response) -> list[str]:
    return [user.email for user in response.context["users"]]


def test_the_list_searches_names_and_addresses(as_administrator):
    make_user("bob@example.com", "Robert")
    make_user("carol@example.com", "Carol")
    assert emails(as_administrator.get(LIST, {"q": "ROB"})) == ["bob@example.com"]
    assert emails(as_administrator.get(LIST, {"q": "carol@EX"})) == ["carol@example.com"]
    assert "Nobody fits" in as_administrator.get(LIST, {"q": "%"}).content.decode()


def test_the_list_filters_by_state_and_counts(as_administrator):
    make_pending()
    response = as_administrator.get(LIST, {"state": "pending"})
    assert emails(response) == ["pia@example.com"]
    assert [(value, number) for value, _label, number in response.context["tabs"]] == [
        ("", 2),
        ("pending", 1),
        ("active", 1),
        ("locked", 0),
        ("disabled", 0),
    ]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("email", "adele@example.com"),
        ("-email", "zoe@example.com"),
        ("name", "adele@example.com"),
        ("-created", "zoe@example.com"),
    ],
)
def test_the_list_sorts(as_administrator, sort, first):
    make_user("zoe@example.com", "Zoe")
    assert emails(as_administrator.get(LIST, {"sort": sort}))[0] == first


@pytest.mark.parametrize(
    "junk", [{"page": "9999"}, {"page": "x"}, {"sort": "password"}, {"state": "gone"}, {"q": "a\x00"}]
)
def test_an_address_typed_by_hand_shows_a_list(as_administrator, junk):
    assert as_administrator.get(LIST, junk).status_code == 200


def test_the_list_asks_the_database_as_often_for_fifty_as_for_one(as_administrator):
    def count(**query) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert as_administrator.get(LIST, query).status_code == 200
        return len(captured)

    few = count()
    for number in range(60):
        make_user(f"user{number}@example.com", operator=number % 2 == 0)
    assert count() == few
    assert len(emails(as_administrator.get(LIST))) == 50
    assert len(emails(as_administrator.get(LIST, {"page": 2}))) == 11


def test_an_ended_lock_is_not_shown(as_administrator, settings, time_machine):
    user = make_user()
    lock_by_failures(user, settings.SIGN_IN_FAILURES)
    assert emails(as_administrator.get(LIST, {"state": "locked"})) == ["ann@example.com"]
    time_machine.move_to(timezone.now() + settings.SIGN_IN_LOCK + timedelta(seconds=1))
    assert emails(as_administrator.get(LIST, {"state": "locked"})) == []


def test_the_list_finds_every_word_in_any_script(as_administrator):
    make_user("o.ozturk@example.com", "Ömer Öztürk")
    make_user("omer@example.com", "Omer Lang")
    for query in ("ÖZTÜRK", "öztürk ömer", "o\u0308zt OZTURK@"):
        assert emails(as_administrator.get(LIST, {"q": query})) == ["o.ozturk@example.com"], query
    user = User.objects.get(email="omer@example.com")
    edit(user, name="Straße")
    assert emails(as_administrator.get(LIST, {"q": "strasse"})) == ["omer@example.com"]
    assert emails(as_administrator.get(LIST, {"q": "lang"})) == []


@pytest.mark.parametrize("role", list(Role))
def test_the_list_filters_by_role(as_administrator, role):
    make_operator()
    make_user()
    response = as_administrator.get(LIST, {"role": role})
    assert {user.role for user in response.context["users"]} == {role}
    assert response.context["tabs"][0][2] == 1


def test_those_who_never_signed_in_come_behind_the_oldest(as_administrator):
    make_user()
    assert emails(as_administrator.get(LIST, {"sort": "-last-sign-in"}))[0] == "adele@example.com"
    assert emails(as_administrator.get(LIST, {"sort": "last-sign-in"}))[-1] == "adele@example.com"
