"""A server's name into addresses, within a time. Connecting, and judging the addresses, is left to others."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from dataclasses import dataclass

from notifications.smtp.commands import ascii_domain
from notifications.smtp.failure import ResolveProblem, Unresolved


@dataclass(frozen=True, slots=True)
class Address:
    family: int
    ip: str
    sockaddr: tuple[str, int] | tuple[str, int, int, int]


def literal(address: str) -> str | None:
    """The IP address that the text is, brackets allowed, or None for a name."""
    try:
        return str(ipaddress.ip_address(address.strip("[]")))
    except ValueError:
        return None


def resolve(address: str, port: int, until: float) -> list[Address]:
    """Addresses in the system's order of preference. Raises `Unresolved`."""
    if literal(address):
        return _look_up(address.strip("[]"), port)
    try:
        name = ascii_domain(address)
    except UnicodeError:
        raise Unresolved("not_found", address) from None
    result: list[list[Address] | Unresolved | BaseException] = []

    def run() -> None:
        try:
            result.append(_look_up(name, port))
        except BaseException as error:  # handed to the thread that waits
            result.append(error)

    left = until - time.monotonic()
    if left > 0:
        # The system's resolver knows no time limit of its own: a thread is left behind rather than waited for.
        thread = threading.Thread(target=run, name="smtp-resolve", daemon=True)
        thread.start()
        thread.join(left)
    if not result:
        raise Unresolved("unavailable", name)
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def _look_up(name: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except UnicodeError:
        # Python's own encoding of names: a label is empty or too long.
        raise Unresolved("not_found", name) from None
    except socket.gaierror as error:
        raise Unresolved(_kind(error, name), name) from error
    addresses = [Address(family, str(sockaddr[0]), sockaddr) for family, *_, sockaddr in found]  # type: ignore[arg-type]
    if not addresses:
        raise Unresolved("no_address", name)
    return list(dict.fromkeys(addresses))


def _kind(error: socket.gaierror, name: str) -> ResolveProblem:
    if error.errno in (getattr(socket, "EAI_NODATA", None), getattr(socket, "EAI_ADDRFAMILY", None)):
        return "no_address"
    # RFC 6761 6.4: a name below .invalid never exists, whether or not a name server can be asked.
    if error.errno == socket.EAI_NONAME or name.rstrip(".").endswith(".invalid"):
        return "not_found"
    return "unavailable"
