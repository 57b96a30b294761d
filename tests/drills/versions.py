"""Two versions of the code at once on one database: the one before the last migration, and this one."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from paragon_smtp import parts
from paragon_smtp.environment import BASE_DIR
from tests.drills.programs import Program
from tests.end_to_end.client import Browser
from tests.servers import processes
from tests.servers.aiosmtp import MailServer, mail_server

# Without `site`: what is installed for development would lend its modules to a version that does not have them.
PYTHON = (sys.executable, "-S", *parts.PYTHON[1:])
PEOPLE = 20
WHERE = ["--server-address", "127.0.0.1", "--no-tls", "--no-authentication", "--from-name", "Portal"]
MAKE = """
from accounts.models import User
for number in range({number}):
    User.objects.create_user(f"{who}{{number}}@example.com")
"""


@dataclass(frozen=True, slots=True)
class Version:
    name: str
    code: Path
    environment: dict[str, str]
    logs: Path
    port: int

    def manage(self, *words: str) -> None:
        command = [*PYTHON, "manage.py", *words]
        done = subprocess.run(command, cwd=self.code, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{self.name} version, {words[0]}: {done.stderr[-2000:]}"

    def add_people(self, who: str) -> None:
        self.manage("shell", "--no-imports", "-c", MAKE.format(number=PEOPLE, who=who))

    def web(self) -> Program:
        options = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--no-control-socket"]
        return self._program("web", "-m", "gunicorn", "paragon_smtp.wsgi:application", *options)

    def worker(self) -> Program:
        return self._program("worker", *parts.WORKER, "-Q", "delivery", "-P", "solo", "-n", f"{self.name}@%h")

    def _program(self, kind: str, *words: str) -> Program:
        log = self.logs / f"{self.name} {kind}.log"
        return Program(f"{self.name} {kind}", [*PYTHON, *words], self.environment, log, self.code)

    def readyz(self) -> tuple[int, dict[str, str]]:
        page = Browser(f"http://127.0.0.1:{self.port}").get("/readyz")
        return page.status, {name: check["detail"] for name, check in json.loads(page.source)["checks"].items()}


def before_last_migration() -> str:
    """The commit; empty where the history does not reach so far."""
    migrations = ":(glob)*/migrations/0*.py"
    command = ["git", "log", "-1", "--diff-filter=A", "--format=%P", "--", migrations]
    found = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    return found.stdout.strip().partition(" ")[0]


def two_versions(environment: dict[str, str], logs: Path) -> str:
    """With a database that is empty. The answer says which version was tried, or why none."""
    commit = before_last_migration()
    if not commit:
        return "skipped: the history that is here holds no version before the last migration"
    archive = subprocess.run(["git", "archive", commit], cwd=BASE_DIR, capture_output=True, check=True).stdout
    with ExitStack() as stack:
        code = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="version-before-")))
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(code, filter="data")
        server = stack.enter_context(mail_server())
        ports = processes.free_ports(2)
        old, new = (
            Version(name, tree, environment | {"PYTHONPATH": f"{tree}:{sysconfig.get_path('purelib')}"}, logs, port)
            for name, tree, port in (("old", code, ports[0]), ("new", BASE_DIR, ports[1]))
        )
        running = {program.name: program for version in (old, new) for program in (version.web(), version.worker())}
        for program in running.values():
            stack.callback(program.stop)
        _roll(old, new, running, server)
    return f"{commit[:9]} and this one, and nothing lost"


def _roll(old: Version, new: Version, running: dict[str, Program], server: MailServer) -> None:
    wanted: set[str] = set()

    def told(version: Version, who: str) -> None:
        version.add_people(who)
        wanted.update(f"{who}{number}@example.com" for number in range(PEOPLE))

    def arrive() -> None:
        def arrived() -> Counter[str]:
            return Counter(to for message in server.received for to in message.recipients)

        processes.wait_for(lambda: set(arrived()) >= wanted, f"{wanted - set(arrived())} arrive", 60)
        assert arrived() == dict.fromkeys(wanted, 1)

    old.manage("migrate", "--verbosity=0")
    old.manage("configure_smtp", *WHERE, "--port", str(server.port), "--from-email", "portal@example.com")
    for name in ("old web", "old worker", "new web"):
        running[name].start()
    told(old, "a")
    arrive()
    for version in (old, new):
        processes.wait_for(lambda port=version.port: processes.listening(port), f"{version.name} web listens")  # type: ignore[misc]
    assert "migrations are missing in the database" in " ".join(new.readyz()[1].values())
    new.manage("migrate", "--verbosity=0")  # while the old one runs
    running["new worker"].start()
    told(old, "b")
    told(new, "c")
    arrive()
    for version in (old, new):
        status, details = version.readyz()
        assert (status, details["migrations"], details["delivery_worker"]) == (200, "", ""), (version.name, details)
    running["old worker"].stop()
    running["old web"].stop()
    told(new, "d")
    arrive()
