from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from notifications import emails
from notifications.models import Attempt, Notification, Queue

pytestmark = pytest.mark.django_db

URL = "/administration/monitoring/notifications/"


@pytest.fixture
def signed_in(client: Client, administrator: User, user: User) -> Client:
    client.force_login(administrator)
    return client


def make(user: User, **values: object) -> Notification:
    emails.account_activated(user)
    row = Notification.objects.latest("pk")
    Notification.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


def test_list_shows_to_whom_what_state_and_last_reply(signed_in: Client, user: User) -> None:
    make(user, state="failed", last_reply="550 5.1.1 No such user", cause="recipient.unknown", attempts_count=3)
    page = signed_in.get(URL).content.decode()
    for words in ("kari@corp.example", "Account activated", "Failed", "550 5.1.1 No such user"):
        assert words in page


def test_list_is_searched_and_filtered(signed_in: Client, user: User) -> None:
    make(user, state="failed")
    response = signed_in.get(URL, {"q": "KARI", "state": "failed"})
    assert [row.recipient for row in response.context["rows"]] == ["kari@corp.example"]
    assert not signed_in.get(URL, {"q": "nobody@"}).context["rows"]
    assert not signed_in.get(URL, {"q": "kari", "state": "delivered"}).context["rows"]


@pytest.mark.parametrize("query", ["\0", "%", "' OR 1=1", "x" * 5000, "<script>", "0001-01-01T00:00+14:00"])
def test_list_survives_any_query(signed_in: Client, query: str) -> None:
    response = signed_in.get(URL, {"q": query, "state": query, "page": query, "before": query})
    assert response.status_code == 200
    assert b"<script>" not in response.content.replace(b"<script src", b"")


def test_list_asks_a_constant_number_of_times(signed_in: Client, user: User) -> None:
    make(user)
    one = count_queries(signed_in)
    for _ in range(30):
        make(user)
    assert count_queries(signed_in) == one


def count_queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    return len(captured)


def test_detail_says_in_words_what_was_wrong_and_what_to_do(signed_in: Client, user: User) -> None:
    row = make(user, state="failed", cause="recipient.unknown")
    page = signed_in.get(f"{URL}{row.pk}/").content.decode()
    assert "the recipient does not exist" in page
    assert "Check the recipient&#x27;s E-mail Address for a typing error" in page


def test_detail_shows_each_attempt(signed_in: Client, user: User) -> None:
    row = make(user)
    for reply in ("450 later", "250 taken"):
        Attempt.objects.create(notification=row, at=row.created_at, outcome="deferred", reply=reply, server="mail:25")
    page = signed_in.get(f"{URL}{row.pk}/").content.decode().replace("<wbr>", "")
    for words in ("450 later", "250 taken", "mail:25", row.message_id.strip("<>")):
        assert words in page


def test_preview_may_run_nothing_and_is_framed_by_us_alone(signed_in: Client, user: User) -> None:
    row = make(user)
    response = signed_in.get(f"{URL}{row.pk}/preview.html")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy == {
        "sandbox": "",
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "frame-ancestors": "'self'",
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert signed_in.get(f"{URL}{row.pk}/preview.txt")["Content-Type"].startswith("text/plain")


def test_send_again_and_cancel_are_posts_in_the_audit_trail(signed_in: Client, user: User) -> None:
    row = make(user, state="failed")
    assert signed_in.get(f"{URL}{row.pk}/send-again/").status_code == 405
    signed_in.post(f"{URL}{row.pk}/send-again/")
    assert Notification.objects.get(pk=row.pk).state == "waiting"
    signed_in.post(f"{URL}{row.pk}/cancel/")
    assert Notification.objects.get(pk=row.pk).state == "cancelled"
    actions = Entry.objects.filter(action__startswith="notification.").values_list("action", flat=True)
    assert sorted(actions) == ["notification.cancelled", "notification.sent_again"]


def test_try_now_makes_the_next_trial_due(signed_in: Client) -> None:
    now = timezone.now()
    Queue.objects.create(held_since=now, next_trial_at=now + timedelta(hours=1), trials=7)
    signed_in.post(f"{URL}try-now/")
    queue = Queue.objects.get()
    assert queue.next_trial_at <= timezone.now()
    assert queue.trials == 0


@pytest.mark.parametrize(
    ("path", "method"),
    [("", "get"), ("{pk}/", "get"), ("{pk}/preview.html", "get"), ("{pk}/preview.txt", "get"),
     ("{pk}/send-again/", "post"), ("{pk}/cancel/", "post"), ("try-now/", "post")],
)  # fmt: skip
def test_pages_need_their_permission(client: Client, user: User, path: str, method: str) -> None:
    url = URL + path.format(pk=make(user).pk)
    assert getattr(client, method)(url).status_code == 302
    client.force_login(user)
    assert getattr(client, method)(url).status_code == 403
