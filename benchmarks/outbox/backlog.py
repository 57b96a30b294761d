"""Whether a full table slows the outbox down: a million delivered and a hundred thousand waiting, against none."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator

from benchmarks.outbox.place import TABLES, Place, on_postgres, worker
from benchmarks.outbox.sink import Sink, sink
from benchmarks.registry import Figure, benchmark

MEASURED = 10_000  # messages of each round
ROUNDS = 3
DELIVERED = int(os.environ.get("BENCH_DELIVERED", "1000000"))
WAITING = int(os.environ.get("BENCH_WAITING", "100000"))


@benchmark("backlog")
def backlog() -> Iterator[Figure]:
    with on_postgres(MEASURED) as place, sink() as target:
        place.settle_on(target.port)
        place.child("fill", 1)
        place.sql("CREATE TABLE pattern AS SELECT * FROM notifications_notification", f"TRUNCATE {TABLES} CASCADE")
        empty = place.database
        full = place.copy()
        fill(place, waiting=MEASURED, delivered=0)
        place.database = full
        fill(place, waiting=WAITING, delivered=DELIVERED)
        times: dict[str, list[float]] = {empty: [], full: []}
        first: list[float] = []
        for _round in range(ROUNDS):
            for database, taken in times.items():
                place.database = database
                first_one, whole = _deliver(place, target)
                taken.append(whole / MEASURED)
                if database == full:
                    first.append(first_one)
                fill(place, waiting=MEASURED, delivered=0)
    alone, beside = statistics.median(times[empty]), statistics.median(times[full])
    yield Figure("time a message, empty table", alone * 1e6, "us")
    yield Figure(f"time a message, {DELIVERED} delivered and {WAITING} waiting", beside * 1e6, "us")
    yield Figure("backlog: times an empty table", beside / alone, "", 1.1)
    yield Figure("backlog: first message after the start", statistics.median(first), "s", 1.0)


def _deliver(place: Place, target: Sink) -> tuple[float, float]:
    """Seconds until the first message was taken, and until the last."""
    before = target.taken
    with worker(place):
        started = place.nudge()
        last = target.when(before + MEASURED)
        return target.when(before + 1) - started, last - started


def fill(place: Place, *, waiting: int, delivered: int) -> None:
    """Rows like one that was really made, in all else but their keys, ages and ends."""
    columns = [name for (name,) in place.sql(COLUMNS)]
    fresh = {
        "event_id": "gen_random_uuid()",
        "message_id": "'<' || gen_random_uuid() || '@example.com>'",
        "user_id": f"(SELECT min(id) FROM accounts_user) + n % {MEASURED}",
        "recipient": f"'person' || n % {MEASURED} || '@example.com'",
    }
    ended = fresh | {
        "state": "'delivered'",
        "created_at": "now() - n * interval '5 seconds'",
        "due_at": "now() - n * interval '5 seconds'",
        "delivered_at": "now() - n * interval '5 seconds'",
        "attempts_count": "1",
    }
    now = fresh | {"created_at": "now() - interval '1 minute'", "due_at": "now() - interval '1 minute'"}
    for values, number in ((ended, delivered), (now, waiting)):
        if number:
            chosen = ", ".join(values.get(name, name) for name in columns)
            place.sql(
                f"INSERT INTO notifications_notification ({', '.join(columns)})"
                f" SELECT {chosen} FROM pattern, generate_series(1, {number}) AS n"
            )
    if delivered:
        place.sql(ATTEMPTS)
    place.sql("VACUUM ANALYZE notifications_notification", "VACUUM ANALYZE notifications_attempt")


COLUMNS = """SELECT column_name::text FROM information_schema.columns
    WHERE table_name = 'notifications_notification' AND column_name <> 'id' ORDER BY ordinal_position"""
ATTEMPTS = """INSERT INTO notifications_attempt
    (notification_id, at, outcome, server, stage, cause, reply, queue_id, worker, settings_version)
    SELECT id, delivered_at, 'delivered', '127.0.0.1:25 (127.0.0.1)', '', '', '250 2.0.0 Ok', 'ABC123', 'host:1', 1
    FROM notifications_notification WHERE state = 'delivered'"""
