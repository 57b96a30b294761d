"""A real PostgreSQL: Debian's binaries on a free port, in a folder of their own, without what a crash would need."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest

from tests.servers import processes
from tests.servers.need import need

PASSWORD = "a%20password/with@signs"
QUOTED = "a%2520password%2Fwith%40signs"


@dataclass(frozen=True, slots=True)
class Postgres:
    port: int

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"test_{token_hex(4)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql://paragon:{QUOTED}@127.0.0.1:{self.port}/{name}"


def binaries() -> Path | None:
    """The newest installed version's folder."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def running(**more: str) -> Iterator[Postgres]:
    """A server in a folder of its own, with these settings besides."""
    with tempfile.TemporaryDirectory(prefix="paragon-postgres-", ignore_cleanup_errors=True) as name:
        server = Postgres(processes.free_port())
        command = prepare(Path(name), server.port, **more)
        supervisor = processes.start("postgres", command, Path(name), lambda: ready(server))
        try:
            yield server
        finally:
            supervisor.stop()


def prepare(place: Path, port: int, **more: str) -> list[str]:
    """Make an empty cluster in this folder; the answer is the command that serves it."""
    folder = binaries()
    assert folder is not None
    (place / "password").write_text(PASSWORD)
    if os.geteuid() == 0:
        for path in (place, place / "password"):
            os.chown(path, 65534, 65534)
    initdb = [str(folder / "initdb"), "-D", str(place / "data"), "-U", "paragon", "-A", "scram-sha-256", "-E", "UTF8"]
    subprocess.run(
        processes.unprivileged([*initdb, "--locale=C.UTF-8", "--no-sync", f"--pwfile={place / 'password'}"]),
        check=True,
        capture_output=True,
        cwd="/",
    )
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "max_connections": "60"}
    options = [option for name, value in (settings | more).items() for option in ("-c", f"{name}={value}")]
    return processes.unprivileged([str(folder / "postgres"), "-D", str(place / "data"), "-p", str(port), *options])


def ready(server: Postgres) -> bool:
    try:
        psycopg.connect(server.address("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    need(binaries(), "PostgreSQL")
    with running() as server:
        yield server
