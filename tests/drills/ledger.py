"""What the mail server of a drill has seen: each connection, and each message that it took."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Connection:
    number: int
    opened: float
    ended: float | None = None
    goodbye: bool = False  # it ended with QUIT
    taken: list[float] = field(default_factory=list)  # when it accepted a message


@dataclass(frozen=True, slots=True)
class Acceptance:
    connection: Connection
    place: int  # among the messages of its connection, the first is 0
    at: float
    recipient: str
    content: bytes = field(repr=False)

    @property
    def handed_last(self) -> bool:
        """Whether it was among the last that a connection took: the last fifty, or those of the last 20 ms."""
        taken = self.connection.taken
        return len(taken) - self.place <= UNSETTLED or taken[-1] - self.at <= UNSETTLED_SECONDS


# Results are settled at least every fifty messages or 20 ms (docs/drills.md).
UNSETTLED, UNSETTLED_SECONDS = 50, 0.020


@dataclass(slots=True)
class Ledger:
    accepted: list[Acceptance] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    refused_for_good: set[str] = field(default_factory=set)  # recipients that were told 5xx
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def open(self) -> Connection:
        connection = Connection(next(self._numbers), time.monotonic())
        self.connections.append(connection)
        return connection

    def accept(self, connection: Connection, recipient: str, content: bytes) -> None:
        now = time.monotonic()
        self.accepted.append(Acceptance(connection, len(connection.taken), now, recipient, content))
        connection.taken.append(now)
