"""Programs of a drill: started, killed, and started again when they end by themselves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from paragon_smtp.environment import BASE_DIR


class Program:
    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, code: Path = BASE_DIR
    ) -> None:
        self.name = name
        self._command = [shutil.which("setpriv") or "setpriv", "--pdeathsig=KILL", "--", *command]
        self.environment = dict(environment)
        self.log = log
        self._code = code
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self.environment, cwd=self._code, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> None:
        if self._process is None or not self.running:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def children(parent: int, *words: str) -> list[int]:
    """The processes that this one has started and whose command line holds these words."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(fields[1]) == parent and all(any(word in part.decode() for part in command) for word in words):
            found.append(int(stat.parent.name))
    return found


def kill(pids: Sequence[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
