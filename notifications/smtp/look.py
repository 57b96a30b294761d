"""A second look at a server after a failure: would it have gone the other way? No credentials, no message."""

from __future__ import annotations

import contextlib
import socket
import ssl

from notifications.smtp.clock import Clock
from notifications.smtp.dialogue import Dialogue
from notifications.smtp.failure import AnswersInClear, Fault, HandshakeBroken, NoReply
from notifications.smtp.foreign import OTHER, TLS, recognise
from notifications.smtp.protocol import Extensions, looks_like_reply
from notifications.smtp.stream import Stream
from notifications.smtp.tls import unverified_context
from notifications.smtp.transcript import Transcript

# How long a server may take to greet under TLS.
_GREETING = 0.5


def answer_to_tls(ip: str, port: int, seconds: float) -> tuple[str, str]:
    """What a server that is silent says to the beginning of a handshake: "TLS", another protocol's name, or "".

    And what it turns out to be under TLS, if that is no mail server.
    """
    clock = Clock(seconds)
    try:
        with contextlib.closing(connected(ip, port, clock)) as stream:
            stream.start_tls(unverified_context(), None, clock.until(seconds))
            return TLS, _foreign_under(stream, clock)
    except AnswersInClear as error:
        return error.spoke or OTHER, ""
    except HandshakeBroken as error:
        return TLS if error.answered else "", ""
    except ssl.SSLError:
        return TLS, ""
    except (Fault, OSError):
        return "", ""


def answer_to_a_line(ip: str, port: int, seconds: float, implicit: bool) -> str:
    """What a server that is silent says to a line and an empty one: "SMTP", another protocol's name, or ""."""
    clock = Clock(seconds)
    try:
        with contextlib.closing(connected(ip, port, clock)) as stream:
            if implicit:
                stream.start_tls(unverified_context(), None, clock.until(seconds))
            stream.send(b"HELP\r\n\r\n", clock.until(seconds))
            answer = stream.receive(clock.until(seconds))
    except (Fault, OSError):
        return ""
    return "SMTP" if looks_like_reply(answer) else recognise(answer) or (OTHER if answer else "")


def _foreign_under(stream: Stream, clock: Clock) -> str:
    try:
        return recognise(_greeting(stream, clock))
    except (Fault, OSError):
        return ""


def _greeting(stream: Stream, clock: Clock) -> bytes:
    """Mail servers greet at once; web servers only answer a request, if it is none."""
    try:
        return stream.receive(clock.until(clock.left(_GREETING * 2) / 2))
    except NoReply:
        stream.send(b"EHLO\r\n\r\n", clock.until(_GREETING))
        return stream.receive(clock.until(_GREETING))


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
