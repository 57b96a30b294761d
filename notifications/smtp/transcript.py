"""The dialogue as lines for people: what the server said (S), what we said (C), what happened (--)."""

from __future__ import annotations

from collections import deque

from notifications.smtp.text import visible
from notifications.smtp.values import Reply

_HEAD, _TAIL = 150, 250


class Transcript:
    """Keeps the beginning and the end of a dialogue of any length. Whoever writes to it has taken secrets out."""

    def __init__(self) -> None:
        self._head: list[str] = []
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._left_out = 0

    @property
    def lines(self) -> list[str]:
        gap = [f"-- {self._left_out} lines left out"] if self._left_out else []
        return [*self._head, *gap, *self._tail]

    def reply(self, reply: Reply) -> None:
        lines = reply.text.split("\n")
        for number, line in enumerate(lines, 1):
            code = f"{reply.code}{' ' if number == len(lines) else '-'}"
            self._add(f"S: {code}{reply.enhanced} {line}" if reply.enhanced else f"S: {code}{line}")

    def client(self, line: str) -> None:
        self._add(f"C: {visible(line)}")

    def note(self, line: str) -> None:
        self._add(f"-- {visible(line)}")

    def _add(self, line: str) -> None:
        if len(self._head) < _HEAD:
            self._head.append(line)
            return
        self._left_out += len(self._tail) == _TAIL
        self._tail.append(line)
