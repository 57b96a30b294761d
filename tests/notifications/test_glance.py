"""What every page says of mail: a held queue, and what waits or failed; to those alone who may see it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from notifications import chart, glance
from notifications.models import Notification, Queue
from notifications.telling import title_of
from tests.notifications.conftest import save_settings
from tests.notifications.test_selected import make_many
from tests.notifications.test_views import URL, make

pytestmark = pytest.mark.django_db
TRAIL, OWN = "/administration/monitoring/audit-trail/", "/account/"


@pytest.fixture
def held(db: None) -> Queue:
    save_settings(25)
    return Queue.objects.create(held_since=timezone.now(), cause="tls.expired")


def test_a_held_queue_is_said_on_every_page_until_it_moves(
    client: Client, administrator: User, user: User, held: Queue
) -> None:
    client.force_login(administrator)
    text = client.get(TRAIL).content.decode()
    assert "Mail has been held since" in text
    assert escape(title_of("tls.expired")) in text
    assert "Mend the settings" in text
    assert client.get(URL).content.decode().count("Mail has been held since") == 1, "once, where a status line says it"
    Queue.objects.update(held_since=None)
    assert "Mail has been held" not in client.get(TRAIL).content.decode()

    Queue.objects.update(held_since=timezone.now())
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        assert "Mail has been held" not in client.get(OWN).content.decode()
    assert not [query for query in captured if "notifications_queue" in query["sql"]], "nothing is asked for nobody"
    user.user_permissions.add(Permission.objects.get(codename="view_notification"))
    text = client.get(OWN).content.decode()
    assert "Show what waits" in text
    assert "Mend the settings" not in text, "that page is not open to them"


def test_since_is_the_hour_of_today_and_the_date_of_any_other_day(
    client: Client, administrator: User, held: Queue
) -> None:
    client.force_login(administrator)
    with time_machine.travel("2026-11-22T23:30:00Z", tick=False):
        for hours, said in ((2, "21:30"), (24, "21 November 2026, 23:30")):
            Queue.objects.update(held_since=timezone.now() - timedelta(hours=hours))
            text = re.sub("<[^>]+>", "", client.get(TRAIL).content.decode())
            assert f"Mail has been held since {said}:" in text


def test_the_navigation_counts_what_failed_lately_else_what_waits(
    client: Client, administrator: User, user: User
) -> None:
    Notification.objects.all().delete()
    client.force_login(administrator)
    assert 'class="count' not in client.get(TRAIL).content.decode()
    make_many(user, 1001)
    assert "999+ waiting" in client.get(TRAIL).content.decode()
    make(user, state="failed")
    make(user, state="failed", created_at=timezone.now() - timedelta(days=8))
    with CaptureQueriesContext(connection) as captured:
        assert "1 failed in the last seven days" in client.get(TRAIL).content.decode()
    assert len([query for query in captured if "notifications_" in query["sql"]]) == 1
    assert glance.glance().waiting == glance.MOST


def test_the_chart_has_each_day_with_what_became_of_it(user: User) -> None:
    Notification.objects.all().delete()
    with time_machine.travel("2026-11-22T23:30:00Z", tick=False):
        now = timezone.now()
        for days, state in [
            (0, "delivered"),
            (0, "sending"),
            (0, "suppressed"),
            (2, "failed"),
            (2, "expired"),
            (14, "failed"),
        ]:
            lease = {"lease_token": "0d6c9c8e-7a5f-4f0c-9d7e-3a1b5c7d9e0f"} if state == "sending" else {}
            make(user, state=state, created_at=now - timedelta(days=days), **lease)
        drawn = chart.of_the_last_days()
        shown = {day.day.isoformat(): (day.delivered, day.waiting, day.failed) for day in drawn.days if day.total}
    assert shown == {"2026-11-22": (1, 1, 0), "2026-11-20": (0, 0, 2)}
    assert len(drawn.days) == 14
    assert [bar.name for bar in drawn.bars()] == ["failed", "delivered", "waiting"], "oldest day first"
    assert all(0 <= bar.y < bar.y + bar.height <= chart.HEIGHT for bar in drawn.bars())
    assert all(bar.x + bar.width <= chart.WIDTH for bar in drawn.bars())


def test_one_query_draws_the_chart_and_a_list_without_any_draws_none(
    client: Client, administrator: User, user: User
) -> None:
    with CaptureQueriesContext(connection) as captured:
        chart.of_the_last_days()
    assert len(captured) == 1
    client.force_login(administrator)
    assert 'role="img"' in client.get(URL).content.decode()
    Notification.objects.all().delete()
    assert 'role="img"' not in client.get(URL).content.decode()
