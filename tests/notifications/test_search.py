"""The list of notifications: what the address asks for, how often the database is asked, and the file of it."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from audit.models import Entry
from notifications import looking
from notifications.models import Notification
from tests.notifications.test_views import URL, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, administrator: User, user: User) -> Client:
    Notification.objects.all().delete()
    client.force_login(administrator)
    return client


def recipients(client: Client, **query: str) -> list[str]:
    return [row.recipient for row in client.get(URL, query).context["rows"]]


def test_each_filter_finds_its_own(signed_in: Client, user: User) -> None:
    old = timezone.now() - timedelta(days=3)
    make(user, recipient="old@corp.example", created_at=old)
    make(user, recipient="tls@corp.example", state="failed", cause="tls.untrusted")
    make(user, recipient="who@corp.example", outcome_unknown=True)
    make(user, recipient="there@corp.example", outcome_unknown=True, state="delivered")
    make(user, recipient="lock@corp.example", kind="account_locked")
    day, today = f"{timezone.localtime(old):%Y-%m-%d}", f"{timezone.localdate():%Y-%m-%d}"

    assert recipients(signed_in, cause="tls.") == ["tls@corp.example"]
    assert recipients(signed_in, unknown="1") == ["who@corp.example"], "of one that arrived, the outcome is known"
    assert recipients(signed_in, kind="account_locked") == ["lock@corp.example"]
    assert recipients(signed_in, since=day, until=day) == ["old@corp.example"]
    assert "old@corp.example" not in recipients(signed_in, since=today)
    assert recipients(signed_in, sort="oldest")[0] == "old@corp.example"
    page = signed_in.get(URL, {"since": "soon", "kind": "nothing", "q": "tls@"})
    assert [row.recipient for row in page.context["rows"]] == ["tls@corp.example"], "the rest is searched for"
    assert "This is not a day" in page.content.decode()


def test_pages_and_tabs_keep_the_filters(signed_in: Client, user: User) -> None:
    Notification.objects.bulk_create(
        [
            Notification(
                kind="account_activated", user=user, recipient=f"u{n}@corp.example", message_id=f"<{n}@x>",
                due_at=timezone.now(), created_at=timezone.now(),
            )
            for n in range(60)
        ]
    )  # fmt: skip
    page = signed_in.get(URL, {"kind": "account_activated", "state": "waiting", "q": "corp", "sort": "oldest"})
    text = page.content.decode()

    assert len(page.context["rows"]) == 50
    assert "kind=account_activated&amp;state=waiting&amp;q=corp&amp;sort=oldest&amp;page=2" in text
    assert "kind=account_activated&amp;q=corp&amp;sort=oldest&amp;state=failed" in text
    assert "instead with all 60 that fit" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"state": "failed"}, "nothing to mend"),
        ({"state": "waiting"}, "None is on its way"),
        ({"state": "delivered"}, "Send a test e-mail"),
        ({"unknown": "1"}, "outcome is unknown"),
        ({"q": "nobody"}, "take a filter away"),
        ({}, "Add a user"),
    ],
)
def test_an_empty_list_says_why_and_what_to_do(signed_in: Client, query: dict[str, str], said: str) -> None:
    assert said in signed_in.get(URL, query).content.decode()


def test_the_file_holds_what_the_filter_shows_and_no_formula(signed_in: Client, user: User) -> None:
    make(user, state="failed", last_reply='=HYPERLINK("http://evil.example")', cause="recipient.unknown")
    make(user, state="delivered")
    response = signed_in.post(f"{URL}export/", {"state": "failed"})
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

    assert [row["to"] for row in rows] == ["kari@corp.example"]
    assert rows[0]["last_reply"] == '\'=HYPERLINK("http://evil.example")'
    assert response["Content-Disposition"].startswith('attachment; filename="notifications-')
    assert Entry.objects.get(action="notifications.exported").changes == {"state": "failed"}
    assert signed_in.get(f"{URL}export/").status_code == 405


def test_the_file_asks_for_a_thousand_at_a_time(signed_in: Client, user: User) -> None:
    make(user)
    row = Notification.objects.get()
    Notification.objects.bulk_create(
        Notification(kind=row.kind, user=user, recipient=row.recipient, message_id="<m@x>", due_at=row.due_at,
                     created_at=row.created_at)
        for _ in range(2000)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        lines = b"".join(signed_in.post(f"{URL}export/").streaming_content).decode().splitlines()
    asked = [query["sql"] for query in captured if "LIMIT 1000" in query["sql"] and '"recipient"' in query["sql"]]
    assert (len(lines), len(asked)) == (2002, 4), "the last one finds nothing more"


def test_search_says_how_far_back_it_came_and_goes_on_from_there(
    signed_in: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOKED_THROUGH", 2)
    now = timezone.now()
    for days, name in enumerate(("new", "kim.new", "kim.old", "old", "kim.oldest")):
        make(user, recipient=f"{name}@corp.example", created_at=now - timedelta(days=days))
    page = signed_in.get(URL, {"q": "kim"})
    text = page.content.decode()

    assert [row.recipient for row in page.context["rows"]] == ["kim.new@corp.example"]
    assert "1 to 1 of 1+" in text
    assert "Looked back to:" in text
    further = page.context["further"]
    assert f'href="{URL}?{further.replace("&", "&amp;")}#found"' in text
    page = signed_in.get(f"{URL}?{further}")
    assert [row.recipient for row in page.context["rows"]] == ["kim.old@corp.example"]
    page = signed_in.get(f"{URL}?{page.context['further']}")
    assert [row.recipient for row in page.context["rows"]] == ["kim.oldest@corp.example"]
    assert not page.context["further"]
    nothing = signed_in.get(URL, {"q": "old@"}).content.decode()
    assert "Nothing found so far" in nothing
    assert (
        "Looked back to:"
        not in signed_in.get(URL, {"q": "kim", "since": str(timezone.localdate(now))}).content.decode()
    )
    assert len(recipients(signed_in)) == 5, "without a search, nothing is looked through"
    # A single day that is too much goes on as well.
    Notification.objects.update(created_at=now)
    Notification.objects.filter(recipient__startswith="kim").update(created_at=now - timedelta(microseconds=1))
    day = {"q": "kim", "since": str(timezone.localdate(now)), "until": str(timezone.localdate(now))}
    page = signed_in.get(URL, day)
    assert "Nothing found so far" in page.content.decode()
    assert len(signed_in.get(f"{URL}?{page.context['further']}").context["rows"]) == 3


def test_states_are_counted_no_further_than_said(
    signed_in: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST", 2)
    for number, state in enumerate(("failed", "failed", "expired", "cancelled", "waiting", "waiting", "waiting")):
        make(user, recipient=f"u{number}@corp.example", state=state)
    today = str(timezone.localdate())
    for query in ({}, {"since": today, "until": today}):
        tabs = {value: number for value, _label, number in signed_in.get(URL, query).context["tabs"]}
        assert tabs == {
            "": "2+", "waiting": "2+", "sending": "0", "delivered": "0", "failed": "2", "cancelled": "1",
            "expired": "1", "suppressed": "0",
        }  # fmt: skip
    assert "1 to 2 of 2+" in signed_in.get(URL, {"state": "waiting"}).content.decode()
    assert "1 to 2 of 2<" in signed_in.get(URL, {"state": "failed"}).content.decode()
    assert "0" in signed_in.get(URL, {"until": "2001-01-01"}).context["total"]


def test_details_lead_back_to_the_list_as_it_was(signed_in: Client, user: User) -> None:
    row = make(user, recipient="kari@corp.example", state="failed")
    query = "?q=kari&state=failed&page=1"
    own = f"{URL}{row.pk}/"
    assert f'href="{own}{escape(query)}"' in signed_in.get(URL + query).content.decode()

    details = signed_in.get(own + query).content.decode()
    assert f'<a href="{URL}{escape(query)}">Notifications</a>' in details
    assert f'action="{own}send-again/{escape(query)}"' in details
    assert signed_in.post(f"{own}send-again/{query}")["Location"] == own + query
    foreign = signed_in.get(
        own + "?next=//evil.example&state=%22%3E&kind=nothing&page=-1&q=%3Cscript%3E"
    ).content.decode()
    assert f'<a href="{URL}?q=%3Cscript%3E">Notifications</a>' in foreign
    assert "evil" not in foreign
    assert f'<a href="{URL}">Notifications</a>' in signed_in.get(own).content.decode()
