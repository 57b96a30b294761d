"""Which ports `manage.py run` listens on: the wanted one, or the next free one when nobody insisted on it."""

import errno
import socket
from collections.abc import Collection

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = "127.0.0.1"
TRIES = 100


def choose(name: str, port: int, *, insisted: bool, taken: Collection[int] = ()) -> int:
    """The port for the variable `name`; ImproperlyConfigured when it is in use and was asked for by name."""
    if insisted:
        if error := obstacle(port, taken):
            raise ImproperlyConfigured(f"Port {port} {error}. Set {name} to another one, or stop what uses it.")
        return port
    for candidate in range(port, min(port + TRIES, 65536)):
        if not obstacle(candidate, taken):
            return candidate
    raise ImproperlyConfigured(f"The {TRIES} ports from {port} on are all in use. Set {name} to a free one.")


def obstacle(port: int, taken: Collection[int] = ()) -> str:
    """Why nothing can listen on the port, or an empty string."""
    if port in taken:
        return "is wanted twice"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            return {
                errno.EADDRINUSE: "is in use already",
                errno.EACCES: "may only be used by the administrator of this machine",
            }.get(error.errno or 0, f"cannot be used: {error.strerror}")
    return ""


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
