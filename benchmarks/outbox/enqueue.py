"""What it costs a request to put a notification into the outbox, beside a plain INSERT of the same row."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.outbox.place import on_postgres
from benchmarks.registry import Figure, benchmark

GOAL = 1.2


@benchmark("enqueue")
def enqueue() -> Iterator[Figure]:
    with on_postgres(1) as place:
        taken = place.child("enqueue")
    yield Figure("enqueue: one INSERT by the driver, median", taken["driver"] * 1e6, "us")
    yield Figure("enqueue: one INSERT by Django's save(), median", taken["orm"] * 1e6, "us")
    yield Figure("enqueue: emails.account_locked, median", taken["ours"] * 1e6, "us")
    yield Figure("enqueue: times an INSERT by save()", taken["ours"] / taken["orm"], "", GOAL)
    yield Figure("enqueue: times an INSERT by the driver", taken["ours"] / taken["driver"], "")
