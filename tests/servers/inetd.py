"""Servers that are started for each connection, with the connection as their standard input and output."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def inetd(command: list[str], address: str = "127.0.0.1") -> Iterator[int]:
    """The port on which it answers until the block ends."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, 0), family=family)
    started: list[subprocess.Popen[bytes]] = []

    def run() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with sock:
                started.append(subprocess.Popen(command, stdin=sock, stdout=sock, stderr=subprocess.DEVNULL, cwd="/"))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        # Closing alone does not wake a thread that waits in accept.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for process in started:
            process.kill()
            process.wait(5)
