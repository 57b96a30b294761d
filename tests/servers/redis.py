"""A real Redis on a free port, with a password, as in production."""

import shutil
from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    binary = need(shutil.which("redis-server") or shutil.which("valkey-server"), "Redis")
    folder: Path = tmp_path_factory.mktemp("redis")
    server = Redis(processes.free_port())
    command = [binary, "--port", str(server.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    supervisor = processes.start(
        "redis", [*command, "--requirepass", PASSWORD], folder, lambda: processes.listening(server.port)
    )
    yield server
    supervisor.stop()
