"""Servers that are one command on a free port of loopback, with little to configure."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.processes import free_ports, listening, wait_for


@contextmanager
def command_server(*words: str) -> Iterator[int]:
    """The port of a server whose command has `PORT` somewhere in its words."""
    (port,) = free_ports(1)
    command = [word.replace("PORT", str(port)) for word in words]
    # An input that stays open: some servers end with theirs.
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:  # type: ignore[call-overload]
        try:
            wait_for(lambda: listening(port) or process.poll() is not None, f"{words[0]} listens", 10)
            yield port
        finally:
            process.kill()


@contextmanager
def smtp_sink(*options: str) -> Iterator[int]:
    """A server that takes everything, or fails as it is told: Postfix brings it."""
    with command_server("smtp-sink", "-u", "nobody", *options, "127.0.0.1:PORT", "10") as port:
        yield port
