"""The protocol without I/O: bytes into replies, extensions and queue ids out of replies (RFC 5321, 2034).

Sockets, time and the order of commands are left to others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from notifications.smtp.failure import Garbled
from notifications.smtp.foreign import recognise
from notifications.smtp.text import Scrubber, decoded, visible
from notifications.smtp.values import Reply

# RFC 5321 4.5.3.1.5 says 512; real servers send more. The limits only keep memory flat.
MAX_LINE = 4096
MAX_LINES = 128
MAX_REPLY = 64 * 1024
MOST_KNOWN = 32

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_START = re.compile(rb"[2-5][0-9][0-9][ \r\n-]")
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)\s*")


def looks_like_reply(data: bytes) -> bool:
    return bool(_START.match(data))


class ReplyParser:
    """Feed it bytes, take replies out. Raises `Garbled` as soon as what came can be no reply."""

    def __init__(self, scrub: Scrubber | None = None) -> None:
        self._buffer = bytearray()
        self._code = 0
        self._lines: list[str] = []
        self._size = 0
        self._scrub = scrub or Scrubber()
        # What this server says again and again, by how it says it, and what was hidden when it was read.
        self._known: dict[bytes, Reply] = {}
        self._hidden = self._scrub.forms

    @property
    def pending(self) -> bool:
        """Whether there are bytes that belong to no reply taken so far."""
        return bool(self._buffer or self._lines)

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def take(self) -> Reply | None:
        """The next complete reply, or None until more bytes have come."""
        while True:
            end = self._buffer.find(b"\n")
            if end < 0:
                self._judge_beginning()
                return None
            if end > MAX_LINE:
                raise Garbled("a line is too long", recognise(bytes(self._buffer[:64])))
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            known = self._recall(line)
            last = known is not None or self._take_line(line)
            del self._buffer[: end + 1]
            if last:
                return known or self._finished(line)

    def _recall(self, line: bytes) -> Reply | None:
        if self._hidden is not self._scrub.forms:
            self._known, self._hidden = {}, self._scrub.forms
        return None if self._lines else self._known.get(line)

    def _judge_beginning(self) -> None:
        """Foreign protocols need not send a line's end: no use waiting for one."""
        start = bytes(self._buffer[:64])
        if not start or (_START.match(start) and len(self._buffer) <= MAX_LINE):
            return
        foreign = recognise(start)
        # Telnet begins with three bytes, and waits.
        if len(self._buffer) > MAX_LINE or foreign or (len(start) >= 4 and not _START.match(start)):
            raise Garbled("this is no reply", foreign)

    def _take_line(self, line: bytes) -> bool:
        match = _LINE.fullmatch(line)
        if match is None:
            raise Garbled("a line is no part of a reply", recognise(bytes(self._buffer[:64])))
        code = int(match[1])
        if self._lines and code != self._code:
            raise Garbled("the lines of one reply have different codes")
        self._size += len(line)
        if len(self._lines) >= MAX_LINES or self._size > MAX_REPLY:
            raise Garbled("a reply is too long")
        self._code = code
        # Before it is cut: the half of a secret is still one.
        self._lines.append(visible(self._scrub(decoded(match[3] or b""))))
        return match[2] != b"-"

    def _finished(self, line: bytes) -> Reply:
        code, lines = self._code, self._lines
        self._code, self._lines, self._size = 0, [], 0
        reply = _reply(code, lines)
        if len(lines) == 1 and len(self._known) < MOST_KNOWN:
            self._known[line] = reply
        return reply


def _reply(code: int, lines: list[str]) -> Reply:
    first = _ENHANCED.match(lines[0])
    # A class that contradicts the code is no enhanced code but a version number, or a mistake.
    if first is None or first[1] != str(code)[0]:
        return Reply(code, None, "\n".join(lines))
    enhanced = ".".join(first.groups())
    return Reply(code, enhanced, "\n".join(line.removeprefix(enhanced).lstrip() for line in lines))


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the server offers: keyword in capitals to its parameters."""

    parameters: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, ehlo: Reply) -> Extensions:
        found: dict[str, tuple[str, ...]] = {}
        for line in ehlo.text.split("\n")[1:]:
            # "AUTH=LOGIN PLAIN": the form of a draft, still sent by some for old clients.
            words = re.sub(r"(?i)^AUTH=", "AUTH ", line).upper().split()
            if words:
                found[words[0]] = tuple(dict.fromkeys((*found.get(words[0], ()), *words[1:])))
        return cls(found)

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.parameters

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.parameters))

    @property
    def mechanisms(self) -> tuple[str, ...]:
        return self.parameters.get("AUTH", ())


_QUEUE_IDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"queued(?: mail)? (?:as|with id) <?([\w.+@=-]+)>?",  # Postfix, SendGrid, Mailpit
        r"\bid=<?([\w.+@=-]+)>?",  # Exim
        r"\[InternalId=(\d+)",  # Exchange
        r"\bqueued \(([\w.-]+)\)",  # Haraka
        r"^(\S+) message accepted for delivery",  # Sendmail, OpenSMTPD
        r"^ok:? +(\S+) - gsmtp",  # older Gmail
        r"^ok +(\d+ \S+) - gsmtp",  # Gmail
        r"^ok (\d+ qp \d+)",  # qmail
        r"^ok ([0-9a-f]{16}-[0-9a-f-]+)",  # Amazon SES
    )
)


def queue_id_of(reply: Reply) -> str | None:
    """The server's own name for the message, where its last reply tells it."""
    for pattern in _QUEUE_IDS:
        if match := pattern.search(reply.text):
            return match[1].rstrip(".")
    return None
