"""The supervisor with small real programs: shell scripts that write what happens to them into files."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from paragon_smtp.supervisor import Program, StartFailedError, Supervisor

SLEEPER = "import time; time.sleep(60)"
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""
TELLS_ITS_END = """
import pathlib, signal, sys, time
mark, journal, name = sys.argv[1:]
def end(*_):
    with open(journal, "a") as file:
        file.write(name + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
pathlib.Path(mark).touch()
time.sleep(60)
"""


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.02)


def program(folder: Path, name: str, code: str, *arguments: str, mark: bool = False, stage: int = 1) -> Program:
    ready = (folder / f"{name}.ready").exists if mark else (lambda: True)
    given = (str(folder / f"{name}.ready"), *arguments) if mark else arguments
    return Program(name, [sys.executable, "-c", code, *given], folder / f"{name}.log", ready=ready, stage=stage)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([program(tmp_path, "worker", SLEEPER)], said.append)
    supervisor.start()
    first = supervisor.programs[0].process
    assert first is not None
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()
    try:
        os.kill(first.pid, signal.SIGKILL)
        wait_for(lambda: supervisor.programs[0].process is not first and not supervisor.programs[0].ended())
        assert said == [f"The worker ended (signal SIGKILL); it is started again. Its log: {tmp_path / 'worker.log'}"]
    finally:
        supervisor.stopping.set()
        watcher.join()
        supervisor.stop()
    assert supervisor.programs[0].ended()


def test_a_program_that_keeps_ending_is_started_less_and_less_often(tmp_path: Path) -> None:
    program_ = program(tmp_path, "worker", "raise SystemExit(3)")
    supervisor = Supervisor([program_], lambda _: None)
    program_.start()
    pauses = []
    for _ in range(9):
        wait_for(program_.ended)
        now = time.monotonic()
        supervisor._tend(program_, now)
        pauses.append(program_.pause)
        supervisor._tend(program_, now + program_.pause)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    supervisor.stop()


def test_stages_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    broker = program(tmp_path, "broker", TELLS_ITS_END, str(journal), "broker", mark=True, stage=0)
    web = program(tmp_path, "web", TELLS_ITS_END, str(journal), "web", mark=True)
    supervisor = Supervisor([web, broker], lambda _: None)
    supervisor.start(last_stage=0)
    first = broker.process
    assert web.ended()
    supervisor.start()
    assert broker.process is first
    assert broker.started < web.started
    assert (tmp_path / "broker.ready").stat().st_mtime <= (tmp_path / "web.ready").stat().st_mtime
    supervisor.stop()
    assert journal.read_text().split() == ["web", "broker"]
    assert broker.ended()
    assert web.ended()


def test_a_program_that_ignores_sigterm_is_killed_after_the_grace(tmp_path: Path) -> None:
    supervisor = Supervisor([program(tmp_path, "web", STUBBORN, mark=True)], lambda _: None, grace=0.3)
    supervisor.start()
    before = time.monotonic()
    supervisor.stop()
    assert 0.3 <= time.monotonic() - before < 5
    process = supervisor.programs[0].process
    assert process is not None
    assert process.returncode == -signal.SIGKILL


def test_what_a_program_started_itself_is_stopped_too(tmp_path: Path) -> None:
    code = f"""
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}, sys.argv[1] + ".child"])
pathlib.Path(sys.argv[1] + ".pid").write_text(str(child.pid))
while not pathlib.Path(sys.argv[1] + ".child").exists(): pass
pathlib.Path(sys.argv[1]).touch()
child.wait()
"""
    supervisor = Supervisor([program(tmp_path, "web", code, mark=True)], lambda _: None, grace=2)
    supervisor.start()
    child = int((tmp_path / "web.ready.pid").read_text())
    assert alive(child)
    supervisor.stop()
    wait_for(lambda: not alive(child))


def test_a_program_that_cannot_start_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = program(tmp_path, "web", "print('no such setting'); raise SystemExit(1)", mark=True)
    supervisor = Supervisor([broken], lambda _: None)
    with pytest.raises(StartFailedError, match=r"^The web ended\. The end of .*web\.log:\nno such setting$"):
        supervisor.start()


def test_a_program_that_is_not_ready_in_time_is_named(tmp_path: Path) -> None:
    slow = program(tmp_path, "web", "import time; time.sleep(60)", mark=True)
    supervisor = Supervisor([slow], lambda _: None)
    with pytest.raises(StartFailedError, match=r"^The web was not ready after 0 s"):
        supervisor.start(patience=0.3)
    supervisor.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_with_a_killed_parent(tmp_path: Path) -> None:
    code = textwrap.dedent(f"""
        import pathlib, sys
        from paragon_smtp.supervisor import Program, Supervisor
        program = Program("x", [sys.executable, "-c", {SLEEPER!r}], pathlib.Path(sys.argv[1]) / "x.log")
        supervisor = Supervisor([program], print)
        supervisor.start()
        (pathlib.Path(sys.argv[1]) / "pid").write_text(str(program.process.pid) + "\\n")
        supervisor.watch()
    """)
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"))
    child = int((tmp_path / "pid").read_text())
    assert alive(child)
    parent.kill()
    parent.wait()
    wait_for(lambda: not alive(child))


def test_a_large_log_is_put_aside_at_the_start(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * 5_000_001)
    supervisor = Supervisor([program(tmp_path, "web", SLEEPER)], lambda _: None)
    supervisor.start()
    supervisor.stop()
    assert log.stat().st_size == 0
    assert (tmp_path / "web.old.log").stat().st_size == 5_000_001
