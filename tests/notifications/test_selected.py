"""One deed to several notifications: what is said before, what is done, and to which of very many."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from notifications import outbox
from notifications.deeds import DEEDS
from notifications.models import Notification
from notifications.views import selected
from tests.notifications.test_views import URL, make

pytestmark = pytest.mark.django_db
SELECTED = f"{URL}selected/"


@pytest.fixture
def signed_in(client: Client, administrator: User, user: User) -> Client:
    Notification.objects.all().delete()
    client.force_login(administrator)
    return client


def make_many(user: User, count: int, **values: object) -> None:
    now = timezone.now()
    common = {"kind": "account_activated", "user": user, "due_at": now, "created_at": now} | values
    Notification.objects.bulk_create(
        Notification(recipient=f"u{number}@corp.example", message_id=f"<{number}@x>", **common)
        for number in range(count)
    )


def state_of(row: Notification) -> str:
    return Notification.objects.get(pk=row.pk).state


@pytest.mark.parametrize(
    ("deed", "after"),
    [("send-again", ["waiting", "waiting", "waiting"]), ("cancel", ["cancelled", "failed", "delivered"])],
)
def test_each_deed_to_those_that_are_ticked(signed_in: Client, user: User, deed: str, after: list[str]) -> None:
    rows = [make(user, state=state) for state in ("waiting", "failed", "delivered")]
    untouched = make(user, state="failed" if deed == "send-again" else "waiting")
    query = {"deed": deed, "pk": [row.pk for row in rows], "q": "kari", "page": "1"}
    possible = sum(was != "waiting" if deed == "send-again" else was == "waiting" for was in map(state_of, rows))

    page = signed_in.get(SELECTED, query)
    assert [state_of(row) for row in rows] == ["waiting", "failed", "delivered"], "looking changes nothing"
    assert page.context["possible"] == possible
    for sentence in (*DEEDS[deed].follows, DEEDS[deed].impossible):
        assert str(sentence) in page.content.decode()

    response = signed_in.post(SELECTED, query, follow=True)
    assert response.redirect_chain == [(f"{URL}?q=kari&page=1", 302)]
    assert [state_of(row) for row in rows] == after
    assert state_of(untouched) == ("failed" if deed == "send-again" else "waiting")
    assert Entry.objects.filter(action=DEEDS[deed].action).count() == possible
    assert f"{DEEDS[deed].label}: done for {possible} notification" in response.content.decode()


def test_all_that_fit_beyond_the_page_and_none_that_came_later(signed_in: Client, user: User) -> None:
    make_many(user, 1200, state="failed", cause="tls.expired")
    other = make(user, state="failed", cause="recipient.unknown")
    query = {"deed": "send-again", "all": "1", "cause": "tls."}
    page = signed_in.get(SELECTED, query)
    assert page.context["possible"] == 1200
    later = make(user, state="failed", cause="tls.expired")

    signed_in.post(SELECTED, dict(page.context["hidden"]))

    assert Notification.objects.filter(state="waiting").count() == 1200
    assert [state_of(other), state_of(later)] == ["failed", "failed"]
    assert Entry.objects.filter(action="notification.sent_again").count() == 1200


def test_more_than_one_go_can_do_is_continued_where_it_stopped(
    signed_in: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(user, 1500, state="delivered")
    ticks = iter((0, 0, selected.SECONDS + 1))
    with monkeypatch.context() as slow:
        slow.setattr(selected, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        response = signed_in.post(SELECTED, {"deed": "send-again", "all": "1"})
    assert Notification.objects.filter(state="waiting").count() == 1000
    Notification.objects.filter(state="waiting").update(state="delivered")  # by a worker, meanwhile

    page = signed_in.get(response["Location"])
    assert page.context["possible"] == 500, "none of those of the first go"
    signed_in.post(SELECTED, dict(page.context["hidden"]))
    assert Notification.objects.filter(state="waiting").count() == 500


def test_the_database_is_asked_as_often_for_thirty_as_for_one(signed_in: Client, user: User) -> None:
    rows = [make(user, state="delivered") for _ in range(31)]

    def count(method: str, chosen: list[Notification]) -> int:
        with CaptureQueriesContext(connection) as captured:
            getattr(signed_in, method)(SELECTED, {"deed": "send-again", "pk": [row.pk for row in chosen]})
        return len(captured)

    assert count("get", rows[:1]) == count("get", rows[1:])
    assert count("post", rows[:1]) == count("post", rows[1:])


@pytest.mark.parametrize("query", [{}, {"deed": "cancel"}, {"deed": "x", "all": "1"}, {"deed": "cancel", "pk": ["²"]}])
def test_nothing_chosen_leads_back(signed_in: Client, user: User, query: dict[str, object]) -> None:
    row = make(user)
    response = signed_in.get(SELECTED, {**query, "q": "kari"}, follow=True)
    assert response.redirect_chain == [(f"{URL}?q=kari", 302)]
    assert "Tick the notifications" in response.content.decode()
    assert signed_in.post(SELECTED, query).status_code == 302
    assert state_of(row) == "waiting"


def test_only_who_may_manage_is_offered_and_may_do_it(client: Client, user: User) -> None:
    row = make(user)
    user.user_permissions.add(Permission.objects.get(codename="view_notification"))
    client.force_login(user)
    assert 'name="pk"' not in client.get(URL).content.decode()
    assert client.post(SELECTED, {"deed": "cancel", "pk": row.pk}).status_code == 403
    assert state_of(row) == "waiting"


def test_an_expired_one_that_is_sent_again_has_its_life_anew(user: User) -> None:
    row = make(user, state="expired", expires_at=timezone.now() - timedelta(days=1))
    assert outbox.send_again(row)
    outbox.expire()
    assert state_of(row) == "waiting"
