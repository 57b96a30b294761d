"""`make run`, once for real: from a copy of the tree in an empty folder, as a newcomer does it, and again."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end import tree
from tests.end_to_end.client import Browser
from tests.end_to_end.journey import Journey, Mailbox, body, save_settings, send_test, sign_in
from tests.servers.processes import free_port, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

# Of the environment that this test runs in, what a newcomer's shell has too, and how pip is set up on this machine.
KEPT = ("PATH", "HOME", "LANG", "TERM", "USER", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
RUNNING = re.compile(r"Paragon SMTP is ready\.")


def processes_of(session: int) -> dict[int, str]:
    """The processes that `make run` started, by the session they belong to."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found[int(stat.parent.name)] = command
    return found


class MakeRun:
    """A terminal in which somebody typed `make run`."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.folder = folder
        self.ports = ports
        kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("PIP_")}
        self.log = folder.parent / f"terminal {time.time_ns()}.txt"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["make", "run", f"PYTHON={tree.real_python()}"],
                cwd=folder,
                env=kept | {name: str(port) for name, port in ports.items()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def portal_url(self) -> str:
        return f"http://localhost:{self.ports['PORT']}"

    def wait_until_ready(self, seconds: float) -> None:
        def said() -> bool:
            assert self.process.poll() is None, f"make run ended:\n{self.output}"
            return RUNNING.search(self.output) is not None

        wait_for(said, f"ready; it says:\n{self.output}", seconds)

    def processes(self, *words: str) -> dict[int, str]:
        running = processes_of(self.process.pid)
        return {pid: command for pid, command in running.items() if all(word in command for word in words)}

    def press_ctrl_c(self) -> None:
        """A terminal sends it to the foreground group: make and what it started itself."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(30)

    def end(self) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"no {pattern!r} in:\n{text}"
    return found[1]


def one(find: Callable[[], dict[int, str]]) -> int:
    wait_for(lambda: len(find()) == 1, "exactly one such process")
    return next(iter(find()))


def test_a_newcomer_types_make_run(tmp_path: Path) -> None:
    folder = tree.copy_to(tmp_path / "a folder with spaces" / "paragon smtp")
    ports = {name: free_port() for name in ("PORT", "INBOX_SMTP_PORT", "INBOX_WEB_PORT")}
    terminal = MakeRun(folder, ports)
    try:
        terminal.wait_until_ready(240)
        everything(terminal)
        a_killed_program_is_started_again(terminal)
        terminal.press_ctrl_c()
        wait_for(lambda: not terminal.processes(), f"the end of all programs: {terminal.processes()}", 5)
        assert "Traceback" not in terminal.output
    finally:
        terminal.end()

    password = first(r"Password +(\S+)", terminal.output)
    again = MakeRun(folder, ports)
    try:
        again.wait_until_ready(60)
        it_goes_on_from_what_is_there(again, password)
        another_one_is_told(folder, ports)
        os.kill(one(lambda: again.processes("manage.py run", "python")), signal.SIGKILL)
        wait_for(lambda: not again.processes(), f"the end of all programs: {again.processes()}", 10)
    finally:
        again.end()


def everything(terminal: MakeRun) -> None:
    output = terminal.output
    assert f"{terminal.portal_url}/sign-in/" in output
    assert f"{terminal.portal_url}/administration/authentication/smtp-settings/" in output
    assert f"http://127.0.0.1:{terminal.ports['INBOX_WEB_PORT']}/" in output
    address, password = first(r"E-mail address +(\S+)", output), first(r"Password +(\S+)", output)
    administrator = Browser(terminal.portal_url)
    assert "SMTP Settings" in sign_in(administrator, address, password)

    inbox = Mailbox(terminal.folder / "var" / "inbox")
    save_settings(administrator, f"127.0.0.1:{terminal.ports['INBOX_SMTP_PORT']}")
    assert "Delivered" in send_test(administrator, "operator@example.com")
    test = inbox.wait_for("operator@example.com", "Test e-mail from Paragon Automation")
    assert body(test, "plain")
    assert "<html" in body(test, "html")

    Journey(administrator, inbox, terminal.portal_url, "ada@example.com").all_of_it()
    page = Browser(f"http://127.0.0.1:{terminal.ports['INBOX_WEB_PORT']}").get("/")
    assert "Your account is locked" in page
    assert "ada@example.com" in page
    assert (terminal.folder / "var").stat().st_mode & 0o777 == 0o700


def a_killed_program_is_started_again(terminal: MakeRun) -> None:
    worker = one(lambda: terminal.processes("celery", "worker", "delivery"))
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: set(terminal.processes("celery", "worker", "delivery")) - {worker}, "another delivery worker")
    assert "The delivery worker ended (signal SIGKILL); it is started again." in terminal.output


def it_goes_on_from_what_is_there(terminal: MakeRun, password: str) -> None:
    assert "shown this once" not in terminal.output
    administrator = Browser(terminal.portal_url)
    assert "SMTP Settings" in sign_in(administrator, "admin@localhost", password)
    journey = Journey(
        administrator, Mailbox(terminal.folder / "var" / "inbox"), terminal.portal_url, "grace@example.com"
    )
    journey.user_is_added()


def another_one_is_told(folder: Path, ports: dict[str, int]) -> None:
    second = MakeRun(folder, ports)
    second.process.wait(60)
    assert second.process.returncode != 0
    assert "is in use by another `make run`" in second.output
    assert "Traceback" not in second.output
