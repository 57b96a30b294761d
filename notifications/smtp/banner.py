"""The first words of a server, and what else may be learnt where it has none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from notifications.smtp.clock import Clock
from notifications.smtp.dialogue import Dialogue
from notifications.smtp.failure import Garbled, NoReply, SpeaksTLS
from notifications.smtp.foreign import OTHER, TLS, is_tls, recognise
from notifications.smtp.look import answer_to_a_line, answer_to_tls
from notifications.smtp.protocol import looks_like_reply
from notifications.smtp.values import Reply, Server, TLSMode

# How long a server may be silent before a second connection looks why. On port 25, longer than the pauses by which
# servers tell spam programs from the patient (5 or 6 seconds).
_QUIET, _QUIET_OF_RELAYS = 1.5, 8.0
# What a mail server may answer to anybody tells nothing.
_NOTHING = ("", "SMTP")


class Banner:
    """Awaits it; in a silence, further connections look why."""

    def __init__(self, server: Server, dialogue: Dialogue, clock: Clock, *, ip: str, name: str) -> None:
        self._server = server
        self._dialogue = dialogue
        self._clock = clock
        self._ip = ip
        self._name = name

    def read(self) -> Reply:
        total = self._clock.left(self._server.timeout)
        until = time.monotonic() + total
        stream = self._dialogue.stream
        quiet = min(_QUIET_OF_RELAYS if self._server.port == 25 else _QUIET, total / 3)
        if not stream.readable(quiet):
            self._look_elsewhere(min(3.0, total / 4))
        try:
            return self._dialogue.read(until - min(1.5, total / 8))
        except NoReply:
            self._prod(until)
            raise
        except Garbled as error:
            if error.spoke == TLS:
                raise SpeaksTLS from error
            raise

    def _look_elsewhere(self, seconds: float) -> None:
        """Whoever waits for a handshake, or a request, is silent: look what further connections are told."""
        self._dialogue.transcript.note("silence; further connections look whether TLS or another protocol is spoken")
        ip, port, implicit = self._ip, self._server.port, self._server.tls_mode is TLSMode.IMPLICIT
        line: list[str] = []
        tls: list[tuple[str, str]] = []
        ways: list[Callable[[], None]] = [lambda: line.append(answer_to_a_line(ip, port, seconds, implicit))]
        if not implicit:
            ways.append(lambda: tls.append(answer_to_tls(ip, port, seconds)))
        looks = [threading.Thread(target=way, daemon=True) for way in ways]
        for look in looks:
            look.start()
        # A banner that comes after all ends the wait.
        while any(look.is_alive() for look in looks):
            if self._dialogue.stream.readable(0.05):
                return
        # Web servers answer a line in clear also where they expect TLS: that counts for more.
        spoke, under_tls = tls[0] if tls else ("", "")
        if spoke == TLS:
            raise SpeaksTLS(under_tls)
        for answer in (spoke, *line):
            if answer not in _NOTHING:
                raise Garbled("this is no mail server", answer if answer != OTHER else "")

    def _prod(self, until: float) -> None:
        """A last try to learn what is silent there: an HTTP server answers two line ends."""
        if self._dialogue.started:
            return
        self._dialogue.stream.send(f"EHLO {self._name}\r\n\r\n".encode(), until)
        answer = self._dialogue.stream.receive(until)
        # Some serve one connection at a time: if this one ended with that, another may now learn more.
        if is_tls(answer) or (not answer and answer_to_tls(self._ip, self._server.port, 1.0)[0] == TLS):
            raise SpeaksTLS
        if answer and not looks_like_reply(answer):
            raise Garbled("this is no mail server", recognise(answer))
