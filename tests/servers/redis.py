"""A real Redis on a free port, with a password, as in production."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import processes
from tests.servers.need import need

PASSWORD = "redis-password"


@dataclass(frozen=True, slots=True)
class Redis:
    port: int

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"


@contextmanager
def running(folder: Path) -> Iterator[Redis]:
    server = Redis(processes.free_port())
    supervisor = processes.start("redis", command(server, folder), folder, lambda: processes.listening(server.port))
    try:
        yield server
    finally:
        supervisor.stop()


def binary() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def command(server: Redis, folder: Path) -> list[str]:
    options = {"port": str(server.port), "bind": "127.0.0.1", "dir": str(folder), "save": "", "requirepass": PASSWORD}
    return [str(binary()), *(word for name, value in options.items() for word in (f"--{name}", value))]


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    need(binary(), "Redis")
    with running(tmp_path_factory.mktemp("redis")) as server:
        yield server
