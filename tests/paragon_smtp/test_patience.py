"""A database that takes the connection and then says nothing: whoever asks is told, and no thread hangs for good."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from paragon_smtp.environment import BASE_DIR
from tests.servers import postgres as binaries
from tests.servers import processes
from tests.servers.need import need
from tests.servers.postgres import Postgres, running

PAGE = "/password/reset/MQ/x-y/"  # asks the database

pytestmark = [pytest.mark.alone, pytest.mark.timeout(90)]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One of our own: the others' must not hang."""
    need(binaries.binaries(), "PostgreSQL")
    with running() as server:
        yield server


@contextmanager
def portal(url: str, folder: Path) -> Iterator[int]:
    """The port of a web server with a single thread, and so a single connection that it keeps."""
    port = processes.free_port()
    environment = {
        "PATH": os.environ["PATH"], "DATABASE_URL": url, "DATA_DIR": str(folder), "PORTAL_URL": "http://localhost",
        "SECRET_KEY": "x" * 50, "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "DATABASE_PATIENCE_SECONDS": "2", "CELERY_TASK_ALWAYS_EAGER": "on",
    }  # fmt: skip
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=environment, check=True)
    options = ["--worker-class", "gthread", "--threads", "1", "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    with (folder / "web.log").open("wb") as log, subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "paragon_smtp.wsgi:application", *options],
        cwd=BASE_DIR, env=environment, stdout=log, stderr=log,
    ) as process:  # fmt: skip
        try:
            processes.wait_for(lambda: processes.listening(port), "the web server listens")
            yield port
        finally:
            process.terminate()


def ask(port: int, path: str) -> tuple[int, str, float, str]:
    """The status, when to come back, how many seconds it took, and the text."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.monotonic()
    connection.request("GET", path, headers={"Connection": "close"})
    with closing(connection), connection.getresponse() as answer:
        text = " ".join(answer.read().decode().split())
        return answer.status, answer.headers.get("Retry-After", ""), time.monotonic() - begun, text


def pids_of(url: str) -> list[int]:
    """All of this server: the one that takes connections first."""
    with psycopg.connect(url) as database:
        row = database.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        parent = int(Path(f"/proc/{row[0]}/stat").read_text().rpartition(")")[2].split()[1])
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


@contextmanager
def hanging(url: str) -> Iterator[None]:
    pids = pids_of(url)
    try:
        send(signal.SIGSTOP, pids)
        yield
    finally:
        send(signal.SIGCONT, pids)


def send(number: int, pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # that of a connection which has ended meanwhile
            os.kill(pid, number)


def test_database_that_hangs_is_told_within_seconds(server: Postgres, tmp_path: Path) -> None:
    url = server.new_database()
    with portal(url, tmp_path) as port:
        assert ask(port, "/readyz")[0] == 200
        assert ask(port, PAGE)[0] == 200
        with hanging(url):
            # First over the connection that is open, then over new ones, which are taken and not answered either.
            for _ in range(2):
                status, _retry, seconds, text = ask(port, "/readyz")
                assert (status, '"unavailable"' in text) == (503, True)
                assert "The database cannot be used" in text
                assert seconds < 8
            status, retry_after, seconds, text = ask(port, PAGE)
            assert (status, retry_after) == (503, "10")
            assert "The database cannot be used" in text
            assert seconds < 8
        assert ask(port, "/readyz")[0] == 200
        assert ask(port, PAGE)[0] == 200


def test_page_that_waits_for_a_lock_gives_up_and_leaves_nobody_waiting(server: Postgres, tmp_path: Path) -> None:
    url = server.new_database()
    with portal(url, tmp_path) as port, psycopg.connect(url) as other:
        other.execute("LOCK TABLE accounts_user")
        assert ask(port, PAGE)[0] == 503
        processes.wait_for(lambda: _waiting(server, url) == 0, "what was asked is taken back")


def _waiting(server: Postgres, url: str) -> int:
    with psycopg.connect(server.address("postgres")) as database:
        found = database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s",
            [url.rpartition("/")[2]],
        ).fetchone()
    assert found is not None
    return int(found[0])
