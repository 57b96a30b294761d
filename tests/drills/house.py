"""Where a drill happens: `manage.py run` on a disk of its own, with SQLite and the embedded broker, or with PostgreSQL,
Redis and a second delivery worker.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet
from redis import Redis as RedisClient
from redis.exceptions import RedisError

from paragon_smtp import broker, parts
from paragon_smtp.environment import BASE_DIR
from tests.drills.clock import Clock
from tests.drills.programs import Program, children, kill
from tests.drills.verdict import Window
from tests.servers import postgres, processes, redis

DISK = "400m"
RUN_READY = "Paragon SMTP is ready."


class House:
    def __init__(self, folder: Path, *, on_postgres: bool, disk: bool) -> None:
        self.folder, self.on_postgres, self.disk = folder, on_postgres, disk
        self.data = folder / "data"
        self.clock = Clock(folder)
        self.logs = folder / "logs"
        self.web = processes.free_port()
        self.windows: list[Window] = []  # when the database was away
        self._operator = ThreadPoolExecutor(1, "operator")
        for made in (self.data, self.logs):
            made.mkdir(mode=0o700)
        self.environment = self._environment()
        self.postgres: Program | None = None
        self.redis: Program | None = None
        if on_postgres:
            self._prepare_servers()
        self.run = self._program("run", [sys.executable, str(BASE_DIR / "manage.py"), "run"])
        worker = [*parts.PYTHON, *parts.WORKER, "-Q", "delivery", "-P", "solo", "-n", "second@%h"]
        self.second = self._program("second worker", worker) if on_postgres else None

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        given = {
            "DATA_DIR": str(self.data),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "PORTAL_URL": f"http://localhost:{self.web}",
            "PORT": str(self.web),
            "INBOX_SMTP_PORT": str(processes.free_port()),
            "INBOX_WEB_PORT": str(processes.free_port()),
            "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
            "PYTHONPATH": str(BASE_DIR),
            "RETRY_FIRST_SECONDS": "1",
        }
        return kept | given | self.clock.environment

    def _program(self, name: str, command: list[str]) -> Program:
        return Program(name, command, self.environment, self.logs / f"{name}.log")

    def _prepare_servers(self) -> None:
        """Outside the changed clock: a server on another host has its own."""
        plain = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        (self.folder / "postgres").mkdir()
        (self.folder / "redis").mkdir()
        if os.geteuid() == 0:
            os.chown(self.folder / "postgres", 65534, 65534)
        self._database = postgres.Postgres(processes.free_port())
        small = {"max_wal_size": "64MB", "min_wal_size": "32MB", "shared_buffers": "64MB"}
        command = postgres.prepare(self.folder / "postgres", self._database.port, **small)
        self.postgres = Program("postgres", command, plain, self.logs / "postgres.log")
        self._redis = redis.Redis(processes.free_port())
        self.redis = Program("redis", redis.command(self._redis, self.folder / "redis"), plain, self.logs / "redis.log")
        self.redis.start()
        self.start_postgres()
        self.environment["DATABASE_URL"] = self._database.new_database()
        self.environment["REDIS_URL"] = self._redis.url

    def start(self, mail_port: int) -> None:
        self.run.start()
        self.wait_until_ready()
        self.point_at(mail_port)
        if self.second is not None:
            self.second.start()

    def wait_until_ready(self) -> None:
        processes.wait_for(self._ready, f"manage.py run is ready\n{tail(self.run.log)}", 90)

    def restart(self, **changes: str) -> None:
        """All of our own programs, with these changes of their environment."""
        self.environment.update(changes)
        ours = [program for program in (self.run, self.second) if program is not None]
        for program in ours:
            program.stop()
            program.environment.update(changes)
        self.run.log.unlink()
        for program in ours:
            program.start()
        self.wait_until_ready()

    def _ready(self) -> bool:
        assert self.run.running, tail(self.run.log)
        return RUN_READY in self.run.log.read_text()

    def tend(self) -> None:
        """As an init system would."""
        for program in (self.second, self.run):
            if program is not None and not program.running:
                program.start()

    def stop(self) -> None:
        self._operator.shutdown(cancel_futures=True)
        for program in (self.second, self.run, self.redis):
            if program is not None:
                program.stop()
        if self.postgres is not None:
            self.postgres.stop(signal.SIGINT)

    def point_at(self, port: int) -> None:
        """Save settings that lead there, however often the database has to be asked."""
        where = ["--server-address", "127.0.0.1", "--port", str(port), "--no-tls", "--no-authentication"]
        who = ["--from-name", "Portal", "--from-email", "portal@example.com", "--timeout", "5"]
        command = [sys.executable, "manage.py", "configure_smtp", *where, *who]
        deadline = time.monotonic() + 60
        while True:
            done = subprocess.run(command, env=self.environment, cwd=BASE_DIR, capture_output=True, check=False)
            if done.returncode == 0:
                return
            assert time.monotonic() < deadline, done.stderr.decode()
            time.sleep(0.3)

    def point_at_soon(self, port: int) -> None:
        """The same beside what else happens: with the disk full nothing can be saved, and somebody has to clear it."""
        self._operator.submit(self.point_at, port)

    # What happens to it

    def kill(self, *words: str) -> None:
        kill(children(self.run.pid, *words))

    def kill_worker(self) -> None:
        self.kill("delivery@")
        if self.second is not None:
            self.second.stop(signal.SIGKILL)

    def stop_broker(self, number: int) -> None:
        if self.redis is not None:
            self.redis.stop(number)
        else:
            kill(children(self.run.pid, "valkey"))  # which `manage.py run` starts again

    def start_broker(self) -> None:
        if self.redis is not None:
            self.redis.start()

    def wipe_broker(self) -> None:
        path = str(broker.socket_path(self.data))
        url = self.environment.get("REDIS_URL")
        with contextlib.suppress(RedisError):
            client = RedisClient.from_url(url) if url else RedisClient(unix_socket_path=path)
            client.flushall()

    def another_installation(self) -> dict[str, str]:
        """The environment of one that has an empty database on the same servers."""
        changes = {"DATABASE_URL": self._database.new_database(), "REDIS_URL": self._redis.url.replace("/0", "/1")}
        return self.environment | changes

    def stop_postgres(self, number: int) -> None:
        if self.postgres is not None:
            self._away = time.monotonic()
            self.postgres.stop(number)

    def start_postgres(self) -> None:
        if self.postgres is None:
            return
        if not self.postgres.running:
            self.postgres.start()
        processes.wait_for(lambda: postgres.ready(self._database), "PostgreSQL is ready", 60)
        self.windows.append(Window(getattr(self, "_away", time.monotonic()), time.monotonic()))

    def fill_disk(self) -> None:
        self._away = time.monotonic()
        size = 0
        with (self.folder / "ballast").open("wb") as ballast:
            while free := shutil.disk_usage(self.folder).free:
                # All or nothing: refused when a program has just taken a part of it.
                with contextlib.suppress(OSError):
                    os.posix_fallocate(ballast.fileno(), size, free)
                    size += free

    def clear_disk(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)
        if self.postgres is not None:
            self.start_postgres()
        else:
            self.windows.append(Window(self._away, time.monotonic()))


@contextmanager
def house(*, on_postgres: bool, keep_logs: Path) -> Iterator[House]:
    """On a small disk in memory where the superuser can make one; else without the fault of a full disk."""
    folder = Path(tempfile.mkdtemp(prefix="drill-"))
    folder.chmod(0o755)
    mounted = False
    if os.geteuid() == 0:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "drill", str(folder)],
            capture_output=True,
            check=False,
        )
        mounted = made.returncode == 0
    place = House(folder, on_postgres=on_postgres, disk=mounted)
    try:
        yield place
    finally:
        place.stop()
        shutil.copytree(place.logs, keep_logs, dirs_exist_ok=True)
        with contextlib.suppress(OSError):
            shutil.copytree(place.data / "logs", keep_logs, dirs_exist_ok=True)
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""
