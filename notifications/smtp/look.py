"""A second look at a server after a failure: would it have gone the other way? No credentials, no message."""

from __future__ import annotations

import contextlib
import socket
import ssl

from notifications.smtp.clock import Clock
from notifications.smtp.dialogue import Dialogue
from notifications.smtp.failure import AnswersInClear, Fault, HandshakeBroken
from notifications.smtp.foreign import TLS
from notifications.smtp.protocol import Extensions
from notifications.smtp.stream import Stream
from notifications.smtp.tls import unverified_context
from notifications.smtp.transcript import Transcript


def answer_to_tls(ip: str, port: int, seconds: float) -> str:
    """What a server that is silent says to the beginning of a handshake: "TLS", another protocol's name, or ""."""
    clock = Clock(seconds)
    try:
        with contextlib.closing(connected(ip, port, clock)) as stream:
            stream.start_tls(unverified_context(), None, clock.until(seconds))
    except AnswersInClear as error:
        return error.spoke
    except HandshakeBroken as error:
        return TLS if error.answered else ""
    except ssl.SSLError:
        return TLS
    except (Fault, OSError):
        return ""
    return TLS


def mechanisms_over_tls(ip: str, port: int, ehlo_name: str, seconds: float) -> tuple[str, ...] | None:
    """The mechanisms that a server offers after STARTTLS, or None when that cannot be told."""
    clock = Clock(seconds)
    until = clock.until(seconds)
    try:
        with contextlib.closing(connected(ip, port, clock)) as stream:
            dialogue = Dialogue(stream, Transcript())
            dialogue.accepted(dialogue.read(until))
            dialogue.expect(f"EHLO {ehlo_name}", until)
            dialogue.expect("STARTTLS", until)
            stream.start_tls(unverified_context(), None, until)
            return Extensions.of(dialogue.expect(f"EHLO {ehlo_name}", until)).mechanisms
    except (Fault, OSError):
        return None


def connected(ip: str, port: int, clock: Clock) -> Stream:
    sock = socket.create_connection((ip, port), timeout=max(0.05, clock.left(60)))
    sock.setblocking(False)
    return Stream(sock)
