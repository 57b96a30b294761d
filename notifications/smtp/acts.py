"""What a transfer (`transfer.py`) wants of whoever drives it, and the message that it is about."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from notifications.smtp.commands import Transaction
from notifications.smtp.text import words_of
from notifications.smtp.transcript import Transcript
from notifications.smtp.values import Envelope, Outcome, Reply


@dataclass(frozen=True, slots=True)
class Take:
    """Wants the next message; gets a `Taken`, or None for "none now". When `idle`, the answer may come much later."""

    idle: bool


@dataclass(frozen=True, slots=True)
class Taken:
    envelope: Envelope
    # The connection has been idle for so long that it should be asked whether it is still there.
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Wants these bytes handed over. When `marked`, the end of a message is among them (`Hear.handed`)."""

    data: bytes
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Hear:
    """Wants the next reply, to this verb. `late`: the server may think it over (RFC 5321 4.5.3.2.6)."""

    verb: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """What became of a message."""

    outcome: Outcome


class Broken(Exception):
    """Thrown in at a `Hear`: the connection has ended. `handed`: the marked bytes may have reached the server."""

    def __init__(self, error: Exception, *, handed: bool) -> None:
        super().__init__(error)
        self.error = error
        self.handed = handed


Act = Take | Say | Hear | Tell
Steps = Generator[Act, Any, None]


@dataclass(slots=True)
class Message:
    """One that is under way. When `refused`, its outcome has been told."""

    envelope: Envelope
    commands: Transaction
    # The lines that were handed over, "" for the content, and what was replied to them.
    said: list[str] = field(default_factory=list)
    heard: list[Reply] = field(default_factory=list)
    refused: bool = False

    def dialogue(self, end: Exception | None = None) -> list[str]:
        """As lines for people, with what ended it."""
        talk = Transcript()
        for line, reply in zip_longest(self.said, self.heard):
            if line:
                talk.client(line)
            else:
                talk.note(f"the message, {len(self.commands.data)} bytes")
            if reply is not None:
                talk.reply(reply)
        if end is not None:
            talk.note(words_of(end))
        return talk.lines
