"""A proxy that delays each piece of a TCP stream: `python proxy.py LISTEN TARGET SECONDS`.

One loop over raw sockets. Every piece waits equally long, so that one queue for all keeps them in their order.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import time
from collections import deque


class Proxy:
    def __init__(self, listen: int, target: int, seconds: float) -> None:
        self._listener = socket.create_server(("127.0.0.1", listen), backlog=512)
        self._target = target
        self._seconds = seconds
        self._poll = select.epoll()
        self._poll.register(self._listener, select.EPOLLIN)
        self._peers: dict[int, tuple[socket.socket, socket.socket]] = {}  # where a socket's bytes come from and go to
        self._waiting: deque[tuple[float, socket.socket, bytes]] = deque()

    def serve(self) -> None:
        while True:
            pause = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
            # select() keeps to microseconds, where epoll itself would round each pause up to a millisecond.
            if select.select([self._poll], [], [], pause)[0]:
                for number, _event in self._poll.poll(0):
                    if number == self._listener.fileno():
                        self._accept()
                    else:
                        self._take(number)
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                _due, to, data = self._waiting.popleft()
                self._hand_on(to, data)

    def _accept(self) -> None:
        client, _address = self._listener.accept()
        server = socket.create_connection(("127.0.0.1", self._target))
        for one, other in ((client, server), (server, client)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peers[one.fileno()] = (one, other)
            self._poll.register(one, select.EPOLLIN)

    def _take(self, number: int) -> None:
        source, to = self._peers[number]
        try:
            data = source.recv(262144)
        except OSError:
            data = b""
        if not data:
            self._poll.unregister(number)
            del self._peers[number]
        self._waiting.append((time.monotonic() + self._seconds, to, data))

    def _hand_on(self, to: socket.socket, data: bytes) -> None:
        """An end goes the same way as the bytes before it. Both ends gone, the sockets close by themselves."""
        with contextlib.suppress(OSError):
            if data:
                to.sendall(data)
            else:
                to.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    Proxy(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])).serve()
