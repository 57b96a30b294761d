"""How fast a queue of account e-mails leaves, beside django-post_office and plain Django; what it costs the worker.

Timed from the word to go (a worker that is up is nudged, the others begin to send) to the last message that smtp-sink
took.
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.outbox.delay import delay, round_trip
from benchmarks.outbox.place import TABLES, Place, cpu_seconds, on_postgres, wait_until_settled, worker
from benchmarks.outbox.sink import Sink, sink
from benchmarks.registry import Figure, benchmark

NUMBER = int(os.environ.get("BENCH_MESSAGES", "10000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ROUND_TRIP = 0.020
OURS, POST_OFFICE, PLAIN = "Paragon SMTP", "django-post_office, 2 processes", "EmailMultiAlternatives"


@dataclass(frozen=True, slots=True)
class Condition:
    name: str
    round_trip: float
    connections: int
    against: str
    goal: float
    messages: dict[str, int]


CONDITIONS = (
    Condition("no delay", 0, 4, POST_OFFICE, 4.5, {OURS: NUMBER, POST_OFFICE: NUMBER, PLAIN: NUMBER}),
    # At 20 ms for each of its four turns plain Django would be at it for a quarter of an hour.
    Condition("20 ms, one connection", ROUND_TRIP, 1, PLAIN, 3.8, {OURS: NUMBER // 10, PLAIN: NUMBER // 50}),
    Condition("20 ms, 50 connections", ROUND_TRIP, 50, POST_OFFICE, 4.5, {OURS: NUMBER, POST_OFFICE: NUMBER}),
)


@benchmark("outbox")
def throughput() -> Iterator[Figure]:
    with on_postgres(NUMBER) as place, sink() as target:
        field = Field(place, target)
        costs: list[tuple[float, float]] = []
        for condition in CONDITIONS:
            rates: dict[str, list[float]] = defaultdict(list)
            with field.under(condition) as port:
                for _round in range(ROUNDS):
                    for who, number in condition.messages.items():
                        rates[who].append(field.rate(who, number, port, condition.connections))
            medians = {who: statistics.median(taken) for who, taken in rates.items()}
            for who, median in medians.items():
                yield Figure(f"{condition.name}: {who}", median, "/s")
            times = medians[OURS] / medians[condition.against]
            yield Figure(f"{condition.name}: times {condition.against}", times, "", condition.goal, more_is_better=True)
            costs = costs or list(field.costs)
        yield Figure("CPU of the worker for 1,000 messages", statistics.median(cost[0] for cost in costs), "s", 0.25)
        yield Figure("peak memory over the idle worker", statistics.median(cost[1] for cost in costs), "MB", 64)
        yield Figure("the delay proxy: round trip measured", statistics.median(field.round_trips) * 1000, "ms")
        yield Figure("the delay proxy: its CPU for 1,000 messages", statistics.median(field.proxy_costs), "s")


class Field:
    """The same ground for all: one database with everything queued for everyone, one sink."""

    def __init__(self, place: Place, target: Sink) -> None:
        self.place, self.sink = place, target
        self.costs: list[tuple[float, float]] = []  # CPU seconds for 1,000 messages, megabytes over the idle worker
        self.proxy_costs: list[float] = []
        self.round_trips: list[float] = []
        self._proxy: int | None = None
        place.more["DJANGO_SETTINGS_MODULE"] = "benchmarks.outbox.children.settings_post_office"
        place.manage("migrate", "-v0")
        place.child("post_office_fill", NUMBER)
        del place.more["DJANGO_SETTINGS_MODULE"]
        place.child("fill", NUMBER)
        for table in ("notifications_notification", "post_office_email"):
            place.sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")

    @contextmanager
    def under(self, condition: Condition) -> Iterator[int]:
        if not condition.round_trip:
            yield self.sink.port
            return
        with delay(self.sink.port, condition.round_trip) as (port, self._proxy):
            self.round_trips.append(round_trip(port))
            yield port
        self._proxy = None

    def rate(self, who: str, number: int, port: int, connections: int) -> float:
        """Messages a second."""
        before = self.sink.taken
        if who == OURS:
            started = self._ours(number, port, connections, before)
        elif who == PLAIN:
            started = self.place.child("plain", number, port)["started"]
        else:
            started = self._post_office(number, port, connections)
        return number / (self.sink.when(before + number) - started)

    def _ours(self, number: int, port: int, connections: int, before: int) -> float:
        self._requeue("notifications_notification", number, TABLES)
        self.place.settle_on(port, connections)
        with worker(self.place) as running:
            idle, cpu = running.memory(), running.cpu_seconds()
            running.forget_peak()
            proxy = self._proxy_cpu()
            started = self.place.nudge()
            self.sink.when(before + number)
            wait_until_settled(self.place)
            self.costs.append(((running.cpu_seconds() - cpu) * 1000 / number, running.peak() - idle))
            if self._proxy:
                self.proxy_costs.append((self._proxy_cpu() - proxy) * 1000 / number)
        return started

    def _post_office(self, number: int, port: int, connections: int) -> float:
        self._requeue("post_office_email", number, "post_office_email, post_office_attachment_emails")
        tuning = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.outbox.children.settings_post_office",
            "BENCH_PORT": str(port),
            "BENCH_THREADS": str(max(connections // 2, 2)),
            "BENCH_BATCH": str(NUMBER),
        }
        answer = self.place.child("post_office_send", **tuning)
        assert answer["sent"] == number, answer
        return float(answer["started"])

    def _proxy_cpu(self) -> float:
        return cpu_seconds(self._proxy) if self._proxy else 0.0

    def _requeue(self, table: str, number: int, emptied: str) -> None:
        """As it was queued at first, and as tidy as autovacuum would leave it."""
        again = f"INSERT INTO {table} SELECT * FROM kept_{table} ORDER BY id LIMIT {number}"
        self.place.sql(f"TRUNCATE {emptied} CASCADE", again, f"VACUUM ANALYZE {table}")
