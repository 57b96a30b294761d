"""Starts programs, starts again what ends, and stops all of them: what `manage.py run` needs of an init system.

Programs come in stages: a stage is started once the one before is ready, and stopped before it. What the programs do
is not known here; that is in `parts.py`.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

TICK = 0.1  # seconds between two looks at the programs
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a program that ended is started again
STEADY = 30.0  # seconds after which a program counts as running, and its pauses begin anew
LOG_LIMIT = 5_000_000  # bytes; a longer log is put aside at the next start
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(slots=True)
class Program:
    """One program, the way to start it, and how it is doing."""

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool] = lambda: True
    environment: Mapping[str, str] = field(default_factory=dict)
    stage: int = 1
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        parent = os.getpid()

        def end_with_parent() -> None:
            if _libc is not None:
                _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != parent:  # it ended before the line above
                    os._exit(1)

        with self.log.open("ab") as log:
            # A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops all in order.
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                process_group=0,
                preexec_fn=end_with_parent,  # safe: this process has no threads when it starts programs
            )
        self.started = time.monotonic()

    def signal_group(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def log_tail(self, lines: int = 8) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


class StartFailedError(Exception):
    """A program did not become ready; the message tells which, and the last lines that it wrote."""


class Supervisor:
    def __init__(self, programs: Sequence[Program], say: Callable[[str], None], *, grace: float = 10.0) -> None:
        self.programs = list(programs)
        self.say = say
        self.grace = grace
        self.stopping = Event()

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self, *, last_stage: int = sys.maxsize, patience: float = 60.0) -> None:
        """Start stage after stage, until all are ready or a signal came; StartFailedError tells which one is not.

        What is started already stays, so that a caller can do something between two stages.
        """
        for stage in self._stages():
            if stage[0].stage > last_stage or self.stopping.is_set():
                return
            for program in stage:
                if not program.ended():
                    continue
                put_aside(program.log)
                program.start()
            deadline = time.monotonic() + patience
            waiting = list(stage)
            while waiting and not self.stopping.wait(TICK):
                for program in waiting:
                    if program.ended() or time.monotonic() > deadline:
                        reason = "ended" if program.ended() else f"was not ready after {patience:.0f} s"
                        raise StartFailedError(
                            f"The {program.name} {reason}. The end of {program.log}:\n{program.log_tail()}"
                        )
                waiting = [program for program in waiting if not program.ready()]

    def watch(self) -> None:
        """Start again what ends, until a signal comes."""
        while not self.stopping.wait(TICK):
            for program in self.programs:
                self._tend(program, time.monotonic())

    def stop(self) -> None:
        """Stop the stages, last one first: SIGTERM, then SIGKILL to what outlasts the grace or a second Ctrl-C."""
        self.stopping.clear()
        for stage in reversed(self._stages()):
            for program in stage:
                program.signal_group(signal.SIGTERM)
            deadline = time.monotonic() + self.grace
            while not all(program.ended() for program in stage):
                if time.monotonic() > deadline or self.stopping.wait(TICK):
                    break
            for program in stage:  # also reaches what a program that ended left behind
                program.signal_group(signal.SIGKILL)
                if program.process is not None:
                    program.process.wait()

    def _stages(self) -> list[list[Program]]:
        numbers = sorted({program.stage for program in self.programs})
        return [[program for program in self.programs if program.stage == number] for number in numbers]

    def _tend(self, program: Program, now: float) -> None:
        if not program.ended():
            if now - program.started > STEADY:
                program.pause = 0.0
        elif program.due == 0.0:
            program.signal_group(signal.SIGKILL)  # what it left behind would hold its port
            program.pause = min(max(FIRST_PAUSE, program.pause * 2), LONGEST_PAUSE)
            program.due = now + program.pause
            code = program.process.returncode if program.process else None
            self.say(f"The {program.name} ended ({meaning(code)}); it is started again. Its log: {program.log}")
        elif now >= program.due:
            program.due = 0.0
            program.start()


def put_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))


def meaning(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
