"""A look into the outbox takes as many steps of the database as it shows, however much was ever sent."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from notifications import looking
from notifications.models import Notification
from notifications.search import OLDEST_FIRST, Criteria

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="counts the steps of SQLite"),
]
MANY = 20_000


@pytest.fixture
def steps() -> Callable[[Criteria], int]:
    """Counts, in hundreds, what SQLite does for a page of the list."""

    def count(criteria: Criteria) -> int:
        taken = 0

        def one_more() -> int:
            nonlocal taken
            taken += 1
            return 0

        connection.connection.set_progress_handler(one_more, 100)
        try:
            list(looking.look(criteria).page(1, 50))
        finally:
            connection.connection.set_progress_handler(None, 0)
        return taken

    return count


def make_many() -> None:
    """One every ten minutes until now: nearly all delivered, a few of them failed, the last three waiting."""
    names = [field.column for field in Notification._meta.concrete_fields if field.column not in ("id", "user_id")]
    values = {
        "kind": "'account_activated'",
        "event_id": "printf('%032x', i)",
        "recipient": "'user' || i || '@corp.example'",
        "language": "'en'",
        "facts": "'{}'",
        "state": f"CASE WHEN i > {MANY - 3} THEN 'waiting' WHEN i % 5000 = 1 THEN 'failed' ELSE 'delivered' END",
        "due_at": "made",
        "created_at": "made",
        "delivered_at": "made",
    } | dict.fromkeys(("attempts_count", "breaks", "outcome_unknown", "urgent"), "0")
    columns = ", ".join(values.get(name, "NULL" if name in ("lease_token", "expires_at") else "''") for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO notifications_notification ({", ".join(names)})
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}),
            moments AS (SELECT i, datetime('now', ((i - {MANY}) * 10) || ' minutes') || '.000000' AS made FROM n)
            SELECT {columns} FROM moments
            """  # noqa: S608  our own
        )


@pytest.mark.parametrize("analyzed", [False, True])
def test_no_period_and_no_state_makes_the_database_look_through_all(
    steps: Callable[[Criteria], int], monkeypatch: pytest.MonkeyPatch, analyzed: bool
) -> None:
    monkeypatch.setattr(looking, "MOST", 100)
    make_many()
    if analyzed:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    now = timezone.now()
    ago = [now - timedelta(days=days) for days in (400, 70, 1, 0)]
    periods = [{}, *({name: at.date()} for at in ago for name in ("since", "until")), *({"before": at} for at in ago)]
    states = ("", "waiting", "sending", "delivered", "failed", "expired")
    looks = [
        Criteria(state=state, sort=sort, **period)
        for period, state, sort in product(periods, states, ("", OLDEST_FIRST))
    ]
    assert [(steps(criteria), criteria) for criteria in looks if steps(criteria) > 150] == []
    assert steps(Criteria(q="user1@")) > 1500, "a search does look through them"
