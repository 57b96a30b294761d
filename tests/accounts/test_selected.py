"""One deed to several accounts: what is said before, what is done, and what is refused."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import lifecycle
from accounts.deeds import DEEDS
from accounts.models import State, User
from accounts.views import selected
from tests.accounts.people import make_administrator, make_operator, make_pending, make_user
from tests.accounts.test_users_pages import LIST, said

pytestmark = pytest.mark.django_db
SELECTED = f"{LIST}selected/"


def states(*users) -> list[str]:
    found = dict(User.objects.values_list("pk", "state"))
    return [found.get(user.pk, "gone") for user in users]


def make_people():
    pending, active, locked, disabled = (
        make_pending(),
        make_user(),
        make_user("l@example.com"),
        make_user("d@example.com"),
    )
    lifecycle.lock(locked, reason="administrator")
    lifecycle.disable(disabled)
    return pending, active, locked, disabled


@pytest.mark.parametrize(
    ("deed", "after"),
    [
        ("activate", ["active", "active", "locked", "disabled"]),
        ("send-link", ["pending", "active", "locked", "disabled"]),
        ("unlock", ["pending", "active", "active", "disabled"]),
        ("lock", ["pending", "locked", "locked", "disabled"]),
        ("enable", ["pending", "active", "locked", "active"]),
        ("disable", ["disabled", "disabled", "disabled", "disabled"]),
        ("delete", ["gone", "gone", "gone", "gone"]),
    ],
)
def test_each_deed_to_accounts_in_each_state(as_administrator, deed, after):
    people = make_people()
    before = states(*people)
    query = {"deed": deed, "pk": [user.pk for user in people], "q": "example", "page": "1"}

    page = as_administrator.get(SELECTED, query)
    assert states(*people) == before, "looking changes nothing"
    assert page.context["possible"] == sum(state in DEEDS[deed].states for state in before)
    assert all(str(sentence) in page.content.decode() for sentence in DEEDS[deed].follows)

    response = as_administrator.post(SELECTED, query, follow=True)
    assert response.redirect_chain == [(f"{LIST}?q=example&page=1", 302)]
    assert states(*people) == after
    assert said(response).startswith(f"{DEEDS[deed].label}: done for {page.context['possible']} account")


def test_every_deed_is_tried():
    assert set(DEEDS) == {"activate", "send-link", "unlock", "lock", "enable", "disable", "delete"}


def test_what_is_refused_is_named_with_its_reason_and_the_rest_is_done(as_operator, operator):
    user, administrator = make_user(), make_administrator()
    query = {"deed": "disable", "pk": [user.pk, administrator.pk, operator.pk]}

    rows = {account.email: obstacle for account, obstacle in as_operator.get(SELECTED, query).context["rows"]}
    assert rows == {
        "ann@example.com": "",
        "adele@example.com": "An administrator's account",
        "otto@example.com": "Your own account",
    }
    text = said(as_operator.post(SELECTED, query, follow=True))
    assert "Disable: done for 1 account." in text
    assert "adele@example.com: Only an administrator can change this account." in text
    assert "otto@example.com: This is your own account." in text
    assert states(user, administrator, operator) == ["disabled", "active", "active"]


def test_many_refusals_are_counted(as_administrator):
    people = [make_pending(f"user{number}@example.com") for number in range(8)]
    text = said(as_administrator.post(SELECTED, {"deed": "lock", "pk": [user.pk for user in people]}, follow=True))
    assert "user0@example.com, user1@example.com" in text
    assert "user4@example.com and 3 more: Only an active account can be locked" in text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"deed": "lock"},
        {"deed": "nothing", "pk": "1"},
        {"deed": "lock", "pk": ["x", "-1", "9" * 40, "²", "999999"]},
    ],
)
def test_nothing_chosen_leads_back(as_administrator, query):
    response = as_administrator.get(SELECTED, {**query, "sort": "name"}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?sort=name", 302)]
    assert "Tick the accounts" in said(response)
    assert as_administrator.post(SELECTED, query).status_code == 302


def test_the_way_back_leads_nowhere_else(as_administrator, user):
    query = {"deed": "lock", "pk": user.pk, "q": "https://evil.example/", "next": "//evil.example"}
    response = as_administrator.post(SELECTED, query)
    assert response.headers["Location"] == f"{LIST}?q=https%3A%2F%2Fevil.example%2F"


def test_the_list_offers_every_deed_and_a_box_for_each_account(as_administrator):
    user = make_operator()
    page = as_administrator.get(LIST, {"q": "ot", "role": "operator"}).content.decode()
    assert f'name="pk" value="{user.pk}"' in page
    assert all(f'<option value="{name}">' in page for name in DEEDS)
    assert '<input type="hidden" name="role" value="operator">' in page


def test_all_that_fit_beyond_the_page_but_nobody_who_came_later(as_operator, operator):
    people = [make_user(f"user{number}@example.com") for number in range(60)]
    other, administrator = make_user("else@elsewhere.example"), make_administrator("root@example.com")
    assert "instead with all 63 that fit" in as_operator.get(LIST).content.decode()
    page = as_operator.get(SELECTED, {"deed": "lock", "all": "1", "q": "@example.com"})
    assert page.context["possible"] == 60, "neither themselves nor an administrator"
    later = make_user("later@example.com")

    response = as_operator.post(SELECTED, dict(page.context["hidden"]), follow=True)

    assert "Lock: done for 60 accounts." in said(response)
    assert set(states(*people)) == {"locked"}
    assert states(other, administrator, later, operator) == ["active"] * 4


def test_more_than_one_go_can_do_is_continued_where_it_stopped(as_administrator, monkeypatch):
    people = [make_user(f"user{number}@example.com") for number in range(4)]
    ticks = iter((0, 0, 0, selected.SECONDS + 1))
    with monkeypatch.context() as slow:
        slow.setattr(selected, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        response = as_administrator.post(SELECTED, {"deed": "lock", "all": "1", "q": "user"})
    assert states(*people) == ["active", "active", "locked", "locked"]

    page = as_administrator.get(response.headers["Location"])
    assert page.context["possible"] == 2
    as_administrator.post(SELECTED, dict(page.context["hidden"]))
    assert set(states(*people)) == {"locked"}


def test_the_database_is_asked_as_often_for_thirty_as_for_one(as_administrator):
    people = [make_user(f"user{number}@example.com") for number in range(30)]

    def count(chosen) -> int:
        with CaptureQueriesContext(connection) as captured:
            as_administrator.get(SELECTED, {"deed": "lock", "pk": [user.pk for user in chosen]})
        return len(captured)

    assert count(people[:1]) == count(people)
    assert State.ACTIVE in states(*people)
