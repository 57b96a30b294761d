"""A TCP connection to the first address that answers, raced as RFC 8305 describes."""

from __future__ import annotations

import errno
import select
import socket
import time
from collections import deque
from collections.abc import Iterable
from itertools import chain, zip_longest

from notifications.smtp.failure import ConnectProblem, Unreached
from notifications.smtp.resolve import Address
from notifications.smtp.rules import Rules

# RFC 8305 section 5: the pause before the next address is tried beside the one that has not answered yet.
STAGGER = 0.25
MAX_ADDRESSES = 16

_KINDS: dict[int, ConnectProblem] = {
    errno.ECONNREFUSED: "refused",
    errno.ETIMEDOUT: "timeout",
    # A local packet filter, or SELinux: the request never left this machine.
    errno.EPERM: "forbidden",
    errno.EACCES: "forbidden",
}
# The most telling first: a port that answers "closed" says more than a family that has no route here.
_TELLING: tuple[ConnectProblem, ...] = ("refused", "timeout", "unreachable", "forbidden")
_WORDS: dict[ConnectProblem, str] = {
    "refused": "connection refused",
    "timeout": "no answer",
    "unreachable": "no route",
    "forbidden": "forbidden here",
}


def interleave(addresses: Iterable[Address]) -> list[Address]:
    """RFC 8305 section 4: the families take turns, beginning with the preferred one."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address.family, []).append(address)
    turns = chain.from_iterable(zip_longest(*families.values()))
    return [address for address in turns if address is not None][:MAX_ADDRESSES]


def connect(addresses: Iterable[Address], port: int, rules: Rules, until: float) -> tuple[socket.socket, str]:
    """The connected, non-blocking socket and the address it reached. Raises `Unreached`."""
    race = _Race(interleave(addresses), port, rules)
    try:
        return race.run(until)
    finally:
        race.close()


class _Race:
    def __init__(self, addresses: list[Address], port: int, rules: Rules) -> None:
        against_port = rules.against_port(port)
        self._forbidden = {
            address.ip: why for address in addresses if (why := against_port or rules.against_address(address.ip))
        }
        self._waiting = deque(address for address in addresses if address.ip not in self._forbidden)
        self._problems: dict[str, ConnectProblem] = dict.fromkeys(self._forbidden, "forbidden")
        self._running: dict[int, tuple[socket.socket, str]] = {}
        self._poll = select.poll()

    def run(self, until: float) -> tuple[socket.socket, str]:
        next_start = time.monotonic()
        while self._waiting or self._running:
            now = time.monotonic()
            if now >= until:
                break
            if self._waiting and (now >= next_start or not self._running):
                self._start(self._waiting.popleft())
                next_start = now + STAGGER
                continue
            wake = min(until, next_start) if self._waiting else until
            for number, _ in self._poll.poll(max(1.0, (wake - now) * 1000)):
                if won := self._finish(number):
                    return won
        for _, ip in self._running.values():
            self._problems[ip] = "timeout"
        tried = tuple(f"{ip}: {self._forbidden.get(ip) or _WORDS[kind]}" for ip, kind in self._problems.items())
        kinds = set(self._problems.values())
        raise Unreached(next((kind for kind in _TELLING if kind in kinds), "timeout"), tried)

    def close(self) -> None:
        for sock, _ in self._running.values():
            sock.close()

    def _start(self, address: Address) -> None:
        try:
            sock = socket.socket(address.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        except OSError as error:
            self._lose(address.ip, error.errno)
            return
        sock.setblocking(False)
        code = sock.connect_ex(address.sockaddr)
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            self._lose(address.ip, code)
            return
        self._running[sock.fileno()] = sock, address.ip
        self._poll.register(sock, select.POLLOUT)

    def _finish(self, number: int) -> tuple[socket.socket, str] | None:
        sock, ip = self._running.pop(number)
        self._poll.unregister(number)
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        # Reset: it was there, and what is read from it will tell that it has gone.
        if code in (0, errno.ECONNRESET):
            # Commands are small and wait for replies: Nagle's algorithm would only hold them back.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock, ip
        sock.close()
        self._lose(ip, code)
        return None

    def _lose(self, ip: str, code: int | None) -> None:
        self._problems[ip] = _KINDS.get(code or 0, "unreachable")
