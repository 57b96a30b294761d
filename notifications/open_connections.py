"""The connections of this process, which stay open between two looks at the outbox, and what waits for them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from notifications.leased import Leased
from notifications.smtp import Connections, Envelope, Server

IDLE = 30.0  # seconds for which an unused connection is kept for the next look


class Stock:
    """What was claimed and not handed over yet. A message is made when it is taken."""

    def __init__(self) -> None:
        self.rows: deque[Leased] = deque()
        self.make: Callable[[Leased], Envelope | None] = lambda _row: None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self) -> Envelope | None:
        while self.rows:
            envelope = self.make(self.rows.popleft())
            if envelope is not None:
                return envelope
        return None


@dataclass(frozen=True, slots=True)
class _Open:
    connections: Connections
    stock: Stock


_open: _Open | None = None


def to(server: Server, limit: int) -> tuple[Connections, Stock]:
    """Those to this server, others closed."""
    global _open
    if _open is None or (_open.connections.server, _open.connections.limit) != (server, limit):
        hang_up()
        stock = Stock()
        _open = _Open(Connections(server, stock, limit=limit), stock)
    return _open.connections, _open.stock


def rest() -> None:
    """Close what has been of no use for long."""
    if _open is not None:
        _open.connections.rest(IDLE)


def hang_up() -> None:
    global _open
    kept, _open = _open, None
    if kept is not None:
        kept.connections.close()
