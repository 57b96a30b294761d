"""A server that does exactly what a test writes down, for faults that no real server commits on request."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from tests.servers.certificates import server_context


class Connection:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, stop: threading.Event) -> None:
        self._socket = sock
        self._stop = stop
        self._buffer = b""
        # How many bytes go out at a time; 0: all.
        self.pieces = 0

    def say(self, data: str | bytes) -> None:
        """Text is a reply, and gets its line end; bytes go out as they are."""
        raw = data if isinstance(data, bytes) else data.replace("\n", "\r\n").encode() + b"\r\n"
        for start in range(0, len(raw), self.pieces or len(raw) or 1):
            self._socket.sendall(raw[start : start + (self.pieces or len(raw))])

    def hear(self) -> str:
        """The next line of the client, "" when it has gone."""
        while b"\n" not in self._buffer:
            data = self._socket.recv(65536)
            if not data:
                return ""
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r").decode(errors="replace")

    def hear_message(self) -> str:
        lines = iter(self.hear, ".")
        return "\n".join(line for line in lines)

    def start_tls(self, context: ssl.SSLContext) -> None:
        self._socket = context.wrap_socket(self._socket, server_side=True)

    def say_goodbye(self) -> None:
        """End TLS in order, and with it the connection."""
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.settimeout(2)
            self._socket = self._socket.unwrap()

    def wait_for_goodbye(self) -> None:
        """Be silent until the client goes."""
        with contextlib.suppress(OSError):
            while self._socket.recv(65536):
                pass

    def pause(self, seconds: float) -> bool:
        """True when the test has ended meanwhile."""
        return self._stop.wait(seconds)

    def hear_anything(self) -> bytes:
        """What has come, whether it is a line or not; b"" when the client has gone."""
        return self._socket.recv(65536)

    def peek(self) -> bytes:
        """The first byte of what comes next, which stays where it is."""
        return self._socket.recv(1, socket.MSG_PEEK)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def reset(self) -> None:
        """Break the connection off, in place of ending it."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


Script = Callable[[Connection], None]


class ScriptedServer:
    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()
        self._connections: list[Connection] = []
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            sock.settimeout(20)
            connection = Connection(sock, self._stop)
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        # The client may go at any moment.
        with contextlib.suppress(OSError):
            self._script(connection)
        connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        # Closing alone does not wake a thread that waits in accept.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()
        self._thread.join(5)


EHLO = "250-mail.test\n250-8BITMIME\n250 ENHANCEDSTATUSCODES"


def smtp_script(
    *,
    banner: str = "220 mail.test ESMTP",
    ehlo: str = EHLO,
    starttls: str = "220 go ahead",
    tls: ssl.SSLContext | None = None,
    after_tls: str = EHLO,
    **replies: str,
) -> Script:
    """A server in good order but for the named `replies` (by verb in small letters; `data` and `final`)."""

    def script(connection: Connection) -> None:
        greeting = ehlo
        connection.say(banner)
        while line := connection.hear():
            verb = line.split(" ", 1)[0].split(":", 1)[0].lower()
            if verb in ("ehlo", "helo"):
                connection.say(replies.get(verb, greeting if verb == "ehlo" else "250 mail.test"))
            elif verb == "starttls":
                connection.say(starttls)
                if tls is not None and starttls.startswith("220"):
                    connection.start_tls(tls)
                    greeting = after_tls
            elif verb == "data":
                connection.say(replies.get("data", "354 go ahead"))
                if replies.get("data", "354").startswith("354"):
                    connection.hear_message()
                    connection.say(replies.get("final", "250 2.0.0 queued as SCRIPT1"))
            elif verb == "quit":
                connection.say("221 bye")
                return
            else:
                connection.say(replies.get(verb, "235 welcome" if verb == "auth" else "250 ok"))

    return script


@contextmanager
def scripted(script: Script) -> Iterator[ScriptedServer]:
    with ScriptedServer(script) as server:
        yield server


def default_tls() -> ssl.SSLContext:
    return server_context()
