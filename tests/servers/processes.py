"""Real server processes for tests: started on loopback, ended with the test run whatever happens to it."""

import contextlib
import os
import random
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

from paragon_smtp.supervisor import Program, Supervisor


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def free_ports(count: int) -> list[int]:
    """Below those that the system gives to clients: one of them could take a port before its server does."""
    found: list[int] = []
    for port in random.sample(range(10_000, 32_768), 10_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("0.0.0.0", port))
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError(f"there are no {count} free ports")


def listening(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        time.sleep(0.1)


def unprivileged(command: list[str]) -> list[str]:
    """The command as a user without rights; servers such as PostgreSQL refuse to run as the superuser."""
    if os.geteuid() != 0:
        return command
    setpriv = shutil.which("setpriv") or "setpriv"
    return [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=KILL", "--", *command]


def start(name: str, command: list[str], folder: Path, ready: Callable[[], bool]) -> Supervisor:
    """Start one program; the caller stops the supervisor that is returned."""
    supervisor = Supervisor([Program(name, command, folder / f"{name}.log", ready=ready)], print)
    supervisor.start()
    return supervisor
