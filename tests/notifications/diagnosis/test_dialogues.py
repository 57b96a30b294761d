"""Servers that break the protocol or speak another one, through a socket: what a person is told, and when."""

import time
import tracemalloc

import pytest

from tests.notifications.diagnosis.dialogues import abuse, foreign
from tests.notifications.diagnosis.dialogues.scripts import endlessly
from tests.notifications.faults.case import Case, check
from tests.servers.scripted import scripted
from tests.servers.settings import to_scripted

DEADLINE = 3.0


@pytest.mark.parametrize("case", abuse.CASES, ids=str)
def test_abuse(case: Case) -> None:
    with scripted(case.setup) as server:
        started = time.monotonic()
        report = check(case, to_scripted(server, **{"timeout": 0.4} | case.settings), DEADLINE)
        assert time.monotonic() - started < DEADLINE + 0.2
    assert sum(map(len, report.transcript)) < 100_000


@pytest.mark.parametrize("case", foreign.CASES, ids=str)
def test_foreign_services(case: Case) -> None:
    with scripted(case.setup) as server:
        # Time enough for a look by a second connection, with a handshake.
        check(case, to_scripted(server, **{"timeout": 1.2} | case.settings), DEADLINE)


def test_a_greeting_of_a_hundred_megabytes_costs_no_memory() -> None:
    case = Case("flood", endlessly(b"220-" + b"x" * 1000 + b"\r\n"), {}, "greeting.not_smtp at greeting")
    tracemalloc.start()
    try:
        with scripted(case.setup) as server:
            check(case, to_scripted(server), DEADLINE)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
