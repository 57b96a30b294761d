"""Commands and replies over a stream, recorded in the transcript. Which command comes when is left to others."""

from __future__ import annotations

import ssl
import time

from notifications.smtp.failure import ClosedByServer, Garbled, NoReply, Refused
from notifications.smtp.protocol import ReplyParser
from notifications.smtp.stream import Stream
from notifications.smtp.text import MASK, Scrubber
from notifications.smtp.transcript import Transcript
from notifications.smtp.values import Reply


class Dialogue:
    def __init__(self, stream: Stream, transcript: Transcript) -> None:
        self.stream = stream
        self.transcript = transcript
        self.scrub = Scrubber()
        # The verb that was last sent, and the last reply.
        self.said = ""
        self.last: Reply | None = None
        self._parser = ReplyParser(self.scrub)
        self._lost: ClosedByServer | None = None

    def ask(self, line: str, until: float) -> Reply:
        self.send(line.encode() + b"\r\n", until, line)
        return self.read(until)

    def ask_secretly(self, line: str, until: float, shown: str) -> Reply:
        """For what must not be recorded: `shown` stands in the transcript, with a mask behind it."""
        self.send(line.encode() + b"\r\n", until, f"{shown} {MASK}".lstrip())
        return self.read(until)

    def send(self, data: bytes, until: float, *shown: str) -> None:
        for line in shown:
            self.transcript.client(self.scrub(line))
            self.said = line.split(" ", 1)[0].split(":", 1)[0]
        try:
            self.stream.send(data, until)
        except (ClosedByServer, ssl.SSLZeroReturnError, ssl.SSLEOFError):
            # The reply that says why may have come before the connection ended: `read` looks for it.
            self._lost = ClosedByServer()

    def poll(self, *, look: bool) -> Reply | None:
        """The next reply if it has come, unrecorded; `look` asks the socket. Raises `Garbled` or `ClosedByServer`."""
        while (reply := self._parser.take()) is None:
            data = self.stream.pull(look=look)
            if data is None:
                return None
            look = False
            if not data:
                raise ClosedByServer
            self._parser.feed(data)
        self.last = reply
        return reply

    def read(self, until: float) -> Reply:
        """The next reply. Raises `Garbled`, `NoReply` or `ClosedByServer`."""
        while True:
            try:
                reply = self._parser.take()
            except Garbled as error:
                looks = f", it looks like {error.spoke}" if error.spoke else ""
                self.transcript.note(f"not a reply ({error}{looks})")
                raise
            if reply is not None:
                self.last = reply
                self.transcript.reply(reply)
                return reply
            # A server that sends without end must not keep a step from ending.
            if time.monotonic() >= until:
                raise NoReply(begun=self._parser.pending)
            try:
                data = self.stream.receive(until)
            except NoReply:
                raise NoReply(begun=self._parser.pending) from None
            if not data:
                self.transcript.note("the server closed the connection")
                raise self._lost or ClosedByServer()
            self._parser.feed(data)

    def expect(self, line: str, until: float, wanted: int = 2) -> Reply:
        """Asks, and raises `Refused` unless the reply has the wanted class, or code."""
        return self.accepted(self.ask(line, until), wanted)

    def accepted(self, reply: Reply, wanted: int = 2) -> Reply:
        if not reply.fits(wanted):
            raise Refused(reply, self.said)
        return reply

    @property
    def started(self) -> bool:
        """Whether part of a reply has come."""
        return self._parser.pending

    def spoken_ahead(self) -> bool:
        """Whether more has come than was asked for. Raises `ClosedByServer` when what came is the end."""
        if self._parser.pending:
            return True
        if not self.stream.readable():
            return False
        if self.stream.receive(time.monotonic()):
            return True
        raise ClosedByServer

    def forget(self) -> None:
        """RFC 3207 section 4.2: nothing that was heard before TLS is kept after it."""
        self._parser = ReplyParser(self.scrub)
