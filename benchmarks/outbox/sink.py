"""Postfix's smtp-sink, and when it has taken how many messages."""

from __future__ import annotations

import bisect
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.servers import processes

COUNT = re.compile(rb"mesg=(\d+)")


class Sink:
    """It writes its counter to its standard output at each message, which costs every sender alike.

    The counter is read every so many seconds: often enough for the figures, too seldom to take the processor from what
    is measured.
    """

    def __init__(self, port: int, process: subprocess.Popen[bytes], every: float) -> None:
        self.port = port
        self._process = process
        self._every = every
        self._seen = [(time.monotonic(), 0)]
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def taken(self) -> int:
        time.sleep(self._every * 2)  # what has happened until now has then been read
        return self._seen[-1][1]

    def when(self, number: int, seconds: float = 300) -> float:
        """When it had taken that many, by the machine's monotonic clock; waits for it."""
        deadline = time.monotonic() + seconds
        while self._seen[-1][1] < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"smtp-sink took {self._seen[-1][1]} messages of {number} in {seconds:.0f} s")
            time.sleep(max(self._every, 0.002))
        return self._seen[bisect.bisect_left(self._seen, number, key=lambda seen: seen[1])][0]

    def close(self) -> None:
        self._process.kill()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        pipe, rest = self._process.stdout.fileno(), b""
        while said := os.read(pipe, 65536):
            *whole, rest = (rest + said).split(b"\r")
            if whole and (found := COUNT.search(whole[-1])):
                self._seen.append((time.monotonic(), int(found[1])))
            time.sleep(self._every)


@contextmanager
def sink(every: float = 0.005) -> Iterator[Sink]:
    program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    port = processes.free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([program, "-c", *user, f"127.0.0.1:{port}", "1000"], stdout=subprocess.PIPE) as process:
        try:
            processes.wait_for(lambda: processes.listening(port), "smtp-sink")
            with closing(Sink(port, process, every)) as started:
                yield started
        finally:
            process.kill()
