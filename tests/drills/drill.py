"""One drill: notifications under way, faults at moments that the seed chose, and what came of it."""

from __future__ import annotations

import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paragon_smtp.environment import BASE_DIR
from tests.drills import faults
from tests.drills.house import House, house
from tests.drills.server import MailServer, serving
from tests.drills.verdict import Row, breaches
from tests.drills.visitor import Visitor

PAUSES = (2.0, 4.0)  # seconds between two faults of a lane
PATIENCE = 90.0  # seconds after the last fault in which everything must have left
VISITS = 60
BEAT = 0.25


@dataclass(frozen=True, slots=True)
class Result:
    breaches: list[str]
    told: int
    accepted: int
    twice: int
    failed: int
    seconds: float


class Feed:
    """The process that lets the events happen."""

    def __init__(self, place: House) -> None:
        command = [sys.executable, "-m", "tests.drills.feed"]
        with (place.logs / "feed.log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=place.environment,
                cwd=BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            )
        self._answers: queue.Queue[int] = queue.Queue()
        self._asked = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(int(line))

    def ask(self, words: str) -> None:
        """Without waiting for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._asked += 1

    def answer(self, words: str, seconds: float = 150) -> int:
        """The answer to this, after those to everything before."""
        self.ask(words)
        last = 0
        while self._asked:
            last = self._answers.get(timeout=seconds)
            self._asked -= 1
        return last

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def drill(seed: int, count: int, *, on_postgres: bool, logs: Path, say: Callable[[str], None]) -> Result:
    chance = random.Random(seed)
    started = time.monotonic()
    with serving(MailServer(seed)) as server, house(on_postgres=on_postgres, keep_logs=logs) as place:
        lanes = [faults.of_the_server(), faults.of_the_house(place, chance)]
        for fault in (fault for lane in lanes for fault in lane if fault.missing):
            if os.environ.get("REQUIRE_ALL") == "1":
                raise RuntimeError(f"REQUIRE_ALL is set, and {fault.name!r} cannot happen here: {fault.missing}")
            say(f"  skipped: {fault.name}: {fault.missing}")
        events = faults.schedule(lanes, chance, PAUSES)
        place.start(server.port)
        with feeding(place) as feed:
            feed.answer(f"people {count} {VISITS}")
            visitor = Visitor(place.environment["PORTAL_URL"], VISITS)
            visitor.start()
            _go_through(events, place, server, feed, count, say)
            visitor.leave()
            told = feed.answer("tell 0")
            say(f"  {told} notifications, {len(visitor.promised)} more from the pages; waiting until all have left")
            _drain(place, feed, say)
            feed.answer(f"report {place.data / 'rows.json'}")
            rows = [Row(**row) for row in json.loads((place.data / "rows.json").read_text())]
        place.stop()
    promised = [f"person{number:05}@example.com" for number in range(told)] + visitor.promised
    ledger = server.ledger
    return Result(
        breaches(rows, ledger, promised, place.windows),
        told,
        len(ledger.accepted),
        len(ledger.accepted) - len({row.message_id for row in rows if row.state == "delivered"}),
        sum(row.state == "failed" for row in rows),
        time.monotonic() - started,
    )


@contextmanager
def feeding(place: House) -> Iterator[Feed]:
    feed = Feed(place)
    try:
        yield feed
    finally:
        feed.end()


def _go_through(
    events: list[faults.Event],
    place: House,
    server: MailServer,
    feed: Feed,
    count: int,
    say: Callable[[str], None],
) -> None:
    """Let the faults happen on time, and the events be told evenly until the last of them."""
    begun = time.monotonic()
    end = events[-1].at
    told = 0
    left = list(events)
    while left:
        now = time.monotonic() - begun
        due = min(count, int(count * now / end))
        if due > told:
            feed.ask(f"tell {due - told}")
            told = due
        if left[0].at <= now:
            event = left.pop(0)
            say(f"  {event.at:5.1f} s {event.what}")
            event.do(place, server)
        place.tend()
        time.sleep(BEAT)
    feed.ask(f"tell {count - told}")


def _drain(place: House, feed: Feed, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + PATIENCE
    while (waiting := feed.answer("open")) and time.monotonic() < deadline:
        place.tend()
        time.sleep(1)
    if waiting:
        say(f"  {waiting} have not left in {PATIENCE:.0f} s")
