"""From an event to the server's acceptance, while the system has nothing else to do."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.outbox.place import Place, embedded, on_postgres, worker
from benchmarks.outbox.sink import sink
from benchmarks.registry import Figure, benchmark

EVENTS = 60


@benchmark("latency")
def latency() -> Iterator[Figure]:
    with embedded(1) as place:
        yield Figure("event to acceptance, embedded broker, median", _median(place) * 1000, "ms", 100)
    with on_postgres(1) as place:
        yield Figure("event to acceptance, Redis, median", _median(place) * 1000, "ms", 50)


def _median(place: Place) -> float:
    taken: list[float] = []
    command = [sys.executable, "-m", "benchmarks.outbox.children.events"]
    with sink(every=0) as target:
        place.settle_on(target.port)
        with (
            worker(place, clock=True),
            subprocess.Popen(
                command, env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            ) as child,
        ):
            assert child.stdin is not None
            assert child.stdout is not None
            for number in range(1, EVENTS + 6):
                child.stdin.write("\n")
                happened = float(child.stdout.readline())
                if number > 5:
                    taken.append(target.when(number) - happened)
                else:
                    target.when(number)
                time.sleep(random.uniform(0.1, 0.5))
    return statistics.median(taken)
