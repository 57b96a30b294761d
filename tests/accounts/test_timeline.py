"""A user's page answers "why did this user get no mail?"."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import creation, lifecycle
from accounts.editing import edit
from accounts.models import User
from audit.log import record
from notifications import delivery, outbox, queue, timeline
from notifications.models import Notification, Queue
from tests.accounts.people import make_pending, make_user
from tests.accounts.test_users_pages import LIST
from tests.notifications.conftest import save_settings

pytestmark = pytest.mark.django_db


def seen(user: User, before: datetime | None = None) -> timeline.Timeline:
    return timeline.of(timeline.newest(user, before), queue.status())


def reasons(user) -> list[tuple[str, str]]:
    return [(event.notification.kind, event.reason) for event in seen(user).events if event.notification is not None]


def test_events_and_e_mails_stand_in_the_order_they_happened(administrator, time_machine):
    time_machine.move_to(timezone.now(), tick=True)
    user = creation.create("pia@example.com", "Pia", actor=administrator)
    time_machine.shift(timedelta(minutes=1))
    lifecycle.activate(user, actor=administrator)
    what = [event.entry.action if event.entry else event.notification.kind for event in seen(user).events]
    assert what == ["account_activated", "account.activated", "account_created", "account.created"]


def test_the_page_shows_who_did_what_and_what_became_of_each_e_mail(as_administrator, administrator):
    user = creation.create("pia@example.com", "Pia", actor=administrator)
    edit(user, actor=administrator, name="Pia L.")
    page = as_administrator.get(f"{LIST}{user.pk}/").content.decode()
    for text in (
        "Account edited",
        "by Adele",
        "Pia L.",
        "E-mail: Account created",
        "It waits: SMTP is not configured yet.",
    ):
        assert text in page, text


def test_an_entry_of_somebody_elses_is_not_shown(administrator):
    user = make_user()
    assert all(event.entry is None or event.entry.subject_id == user.pk for event in seen(user).events)


# Why there was no mail


def test_waiting_for_the_settings():
    assert reasons(make_pending()) == [("account_created", "It waits: SMTP is not configured yet.")]


def test_held():
    save_settings(1)
    user = make_pending()
    Queue.objects.update_or_create(
        pk=Queue.PK, defaults={"held_since": timezone.now(), "title": "The server cannot be reached"}
    )
    assert reasons(user) == [("account_created", "It waits: mail is held. The server cannot be reached.")]


def test_on_its_way():
    save_settings(1)
    assert reasons(make_pending()) == [("account_created", "It is on its way.")]


def test_refused_by_the_server(plain_server):
    plain_server.refuse["pia@example.com"] = "550 5.1.1 No such user here"
    save_settings(plain_server.port)
    user = make_pending()
    delivery.deliver_due()
    [(_kind, reason)] = reasons(user)
    assert "No such user here" in reason


def test_delivered_needs_no_reason(plain_server):
    save_settings(plain_server.port)
    user = make_pending()
    delivery.deliver_due()
    assert reasons(user) == [("account_created", "")]


def _cancel_by_hand(user):
    outbox.cancel(user.notifications.get())


def _expire(user):
    user.notifications.update(state="expired")


def _lock_often(user):
    lifecycle.activate(user)
    for _ in range(4):
        lifecycle.lock(user, reason="sign_in")
        lifecycle.unlock(user, reason="time")


@pytest.mark.parametrize(
    ("what_happened", "reason"),
    [
        (_cancel_by_hand, "Somebody cancelled it"),
        (lambda user: lifecycle.send_link_again(user, None), "a newer e-mail brings the link that works"),
        (lambda user: lifecycle.hand_over_link(user, None), "an administrator was shown a new one"),
        (lambda user: edit(user, email="new@example.com"), "The account's address was changed before it went out"),
        (lifecycle.disable, "The account was disabled before it went out"),
        (_expire, "It was too old"),
        (_lock_often, "Three e-mails about locks had been sent within 24 hours"),
    ],
)
def test_not_sent_on_purpose(as_administrator, what_happened, reason):
    user = make_pending()
    what_happened(user)
    assert any(reason in given for _kind, given in reasons(user)), reasons(user)
    row = next(e.notification for e in seen(user).events if e.notification and reason in e.reason)
    assert reason in as_administrator.get(
        f"/administration/monitoring/notifications/{row.pk}/"
    ).content.decode().replace("&#x27;", "'")


def test_no_address():
    user = make_user()
    user.email = ""
    Notification.objects.all().delete()
    outbox.enqueue("password_changed", user, {})
    assert reasons(user) == [("password_changed", "The account has no e-mail address.")]


# Pages


def test_older_events_are_one_link_away(as_administrator, time_machine):
    time_machine.move_to(timezone.now())
    user = make_user()
    for _ in range(40):
        time_machine.shift(timedelta(minutes=1))
        record("account.signed_in", target=user)
    path = f"{LIST}{user.pk}/"
    first = seen(user)
    second = seen(user, first.before)
    times = [event.at for event in (*first.events, *second.events)]
    assert (len(first.events), len(times), second.before) == (30, 42, None)
    assert times == sorted(times, reverse=True)
    page = as_administrator.get(path).content.decode()
    assert "Older" in page
    assert "Newest" in as_administrator.get(path, {"before": first.before.isoformat()}).content.decode()


def test_what_happened_at_one_moment_is_not_torn_apart(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    user = make_user()
    for _ in range(40):
        record("account.signed_in", target=user)
    assert seen(user).before is None


@pytest.mark.parametrize("junk", ["x", "2026-01-01", "2026-01-01T00:00:00", "9999-99-99T00:00:00+00:00", "\x00"])
def test_a_moment_typed_by_hand_shows_the_page(as_administrator, user, junk):
    assert as_administrator.get(f"{LIST}{user.pk}/", {"before": junk}).status_code == 200


def test_the_database_is_asked_as_often_for_thirty_as_for_one(as_administrator, user):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_administrator.get(f"{LIST}{user.pk}/")
        return len(captured)

    few = count()
    for _ in range(15):
        lifecycle.lock(user, reason="sign_in")
        lifecycle.unlock(user, reason="time")
    assert count() == few


def test_deleting_a_user_takes_their_notifications_along(administrator):
    user = make_pending()
    lifecycle.delete(user, administrator)
    assert not Notification.objects.filter(recipient="pia@example.com").exists()


# The link in person

SHOW = LIST + "{pk}/show-link/"
DEAD = "This link does not work any more"


def link_on(response) -> str:
    return response.context["link"].removeprefix("http://localhost:8000")


def test_the_link_is_shown_once_and_works(as_administrator, administrator, client):
    from accounts.links import activation_path
    from audit.models import Entry

    user = make_pending()
    earlier = activation_path(user)
    assert "Show the activation link once" in as_administrator.get(f"{LIST}{user.pk}/").content.decode()

    response = as_administrator.post(SHOW.format(pk=user.pk))

    assert "no-store" in response.headers["Cache-Control"]
    assert link_on(response) in response.content.decode()
    assert DEAD in client.get(earlier).content.decode()
    assert "Activate your account" in client.get(link_on(response), follow=True).content.decode()
    entry = Entry.objects.get(action="account.link_shown")
    assert (entry.actor_id, entry.subject_id) == (administrator.pk, user.pk)
    assert link_on(response) not in str(entry.changes)
    # Shown again is another link.
    again = as_administrator.post(SHOW.format(pk=user.pk))
    assert link_on(again) != link_on(response)
    assert DEAD in Client().get(link_on(response)).content.decode()


def test_the_link_is_not_shown_once_mail_works(as_administrator):
    save_settings(1)
    user = make_pending()
    assert "Show the activation link" not in as_administrator.get(f"{LIST}{user.pk}/").content.decode()
    response = as_administrator.post(SHOW.format(pk=user.pk), follow=True)
    assert "SMTP is configured: send the link by e-mail" in response.content.decode()


def test_only_administrators_are_shown_a_link_and_only_by_post(client, as_operator, as_administrator, user):
    pending = make_pending()
    path = SHOW.format(pk=pending.pk)
    assert "Show the activation link" not in as_operator.get(f"{LIST}{pending.pk}/").content.decode()
    assert client.post(path).headers["Location"].startswith("/sign-in/")
    assert as_operator.post(path).status_code == 403
    client.force_login(user)
    assert client.post(path).status_code == 403
    assert as_administrator.get(path).status_code == 405
    assert as_administrator.post(SHOW.format(pk=10**9)).status_code == 404
    pending.refresh_from_db()
    assert pending.link_generation == 0


def test_an_active_account_needs_no_link(as_administrator, user):
    response = as_administrator.post(SHOW.format(pk=user.pk), follow=True)
    assert "Only an account that is not activated yet" in response.content.decode()
