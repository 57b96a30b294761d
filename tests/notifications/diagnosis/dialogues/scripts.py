"""Ways for a server to talk, word by word."""

from __future__ import annotations

import ssl
from typing import Any

from notifications.smtp import TLSMode
from tests.servers.scripted import Connection, Script, default_tls

TLS = default_tls()
STARTTLS: dict[str, Any] = {"tls_mode": TLSMode.STARTTLS}
IMPLICIT: dict[str, Any] = {"tls_mode": TLSMode.IMPLICIT}
LOGIN: dict[str, Any] = {"username": "user", "password": "Secret-1234"}

BANNER, EHLO, OK, GO = b"220 mail.test\r\n", b"250-mail.test\r\n250 8BITMIME\r\n", b"250 ok\r\n", b"354 go\r\n"
DIALOGUE = (BANNER, EHLO, OK, OK, GO)


def says(*answers: bytes, then: str = "close") -> Script:
    """The first at once, each other to a line of the client; then "close", "silence" or "reset"."""

    def script(connection: Connection) -> None:
        for number, answer in enumerate(answers):
            if number and not connection.hear():
                return
            connection.say(answer)
        if answers and then != "silence":
            connection.hear()
        if then == "silence":
            connection.wait_for_goodbye()
        elif then == "reset":
            connection.reset()

    return script


def line_by_line(end: bytes) -> Script:
    """A server in good order, whose lines end otherwise than they should."""

    def script(connection: Connection) -> None:
        connection.say(b"220 mail.test" + end)
        while line := connection.hear():
            if line == "DATA":
                connection.say(b"354 go" + end)
                connection.hear_message()
            connection.say((b"221 bye" if line == "QUIT" else b"250 ok") + end)

    return script


def byte_by_byte(script: Script) -> Script:
    def slowly(connection: Connection) -> None:
        connection.pieces = 1
        script(connection)

    return slowly


def endlessly(data: bytes, first: bytes = b"", pause: float = 0.0) -> Script:
    def script(connection: Connection) -> None:
        if first:
            connection.say(first)
            connection.hear()
        while not connection.pause(pause):
            connection.say(data)

    return script


def under_tls(script: Script) -> Script:
    """The same, after a handshake that begins at once."""

    def secured(connection: Connection) -> None:
        try:
            connection.start_tls(TLS)
        except ssl.SSLError:
            return
        script(connection)

    return secured


def greets(data: bytes, answer: bytes = b"") -> Script:
    """A protocol in which the server speaks first."""

    def script(connection: Connection) -> None:
        connection.say(data)
        while connection.hear():
            if answer:
                connection.say(answer)

    return script


def answers(data: bytes) -> Script:
    """A protocol in which the client speaks first: whatever it says is answered with this, and the end."""

    def script(connection: Connection) -> None:
        if connection.hear_anything():
            connection.say(data)

    return script
