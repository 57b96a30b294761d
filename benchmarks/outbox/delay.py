"""A network that takes its time: the proxy of `proxy.py` in a process of its own, and what it costs."""

from __future__ import annotations

import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import processes

PROGRAM = Path(__file__).with_name("proxy.py")


@contextmanager
def delay(target: int, round_trip: float) -> Iterator[tuple[int, int]]:
    """The port of a proxy before that target, and the number of its process."""
    port = processes.free_port()
    with subprocess.Popen([sys.executable, str(PROGRAM), str(port), str(target), str(round_trip / 2)]) as process:
        try:
            processes.wait_for(lambda: processes.listening(port), "the delay proxy")
            yield port, process.pid
        finally:
            process.kill()


def round_trip(port: int) -> float:
    """The median of what a command and its reply take, in seconds."""
    taken = []
    with smtplib.SMTP("127.0.0.1", port, "bench.example") as client:
        client.ehlo()
        for _number in range(20):
            started = time.perf_counter()
            client.noop()
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)
