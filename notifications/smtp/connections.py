"""Several connections to one server, served by one selector loop: fifty cost no more threads than one.

Each is opened by a thread of its own, so that the loop never waits for one, and a further one only when those that are
open have had their hands full for a while. A server that says "too many" gets fewer.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from notifications.smtp.failure import SessionFailure
from notifications.smtp.lane import Lane
from notifications.smtp.session import Session
from notifications.smtp.values import Accepted, Envelope, Outcome, Server, Stage

# Seconds for which all connections must have had their hands full before another is opened.
PATIENCE = 0.05
# Seconds without another try after one could not be opened beside those that work.
RESPITE = 30.0
# After how many accepted messages a server that once said "too many" is tried with one connection more.
SUCCESSES = 100


@dataclass(frozen=True, slots=True)
class Event:
    """What became of the message with this key; without a key, that a connection could not be opened."""

    key: object | None
    # None: the connection ended before the message was tried.
    result: Accepted | SessionFailure | None
    ip: str | None
    # When the connection was opened, and when this happened, by time.monotonic.
    since: float
    at: float


class Source(Protocol):
    """The messages that wait; `len` of it is asked to see whether more connections would help."""

    def __len__(self) -> int: ...

    def take(self) -> Envelope | None: ...


class Connections:
    """To `server`, at most `limit`. Not for several threads."""

    def __init__(self, server: Server, source: Source, *, limit: int = 1) -> None:
        self.server = server
        self.limit = limit
        # How many the server seems to bear.
        self.allowed = limit
        self._source = source
        self._lanes: list[Lane] = []
        self._events: list[Event] = []
        self._opened: deque[Session | SessionFailure] = deque()
        self._opening = 0
        self._at_ease = time.monotonic()
        self._not_before = 0.0
        self._accepted = 0
        self._closed = False
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)

    def __len__(self) -> int:
        return len(self._lanes)

    @property
    def busy(self) -> bool:
        """Whether a message is under way."""
        return any(not lane.idle for lane in self._lanes)

    def turn(self, wait: float) -> list[Event]:
        """Go on with everything as far as it goes, waiting for so many seconds at the most for something to happen.

        Each message that was taken from the source is told of once, in this turn's events or a later one's.
        """
        self._welcome()
        self._give_idle_ones_work()
        self._open_more()
        if not self._events and (self.busy or self._opening):
            self._await(wait)
        events, self._events = self._events, []
        return events

    def slow_down(self) -> None:
        """The server says "too many": half of what there is, then one more after each hundred successes."""
        self.allowed = max(1, len(self._lanes) // 2)
        self._accepted = 0

    def rest(self, seconds: float) -> None:
        """Close what has been idle for longer than this."""
        oldest = time.monotonic() - seconds
        for lane in [lane for lane in self._lanes if lane.idle and lane.idle_since <= oldest]:
            lane.close()

    def close(self) -> None:
        """At once, whatever is under way. Never raises."""
        self._closed = True
        for lane in list(self._lanes):
            lane.close()
        self._welcome()
        self._selector.close()
        self._bell.close()
        self._rope.close()

    def wake(self) -> None:
        """End the wait of `turn`, from another thread."""
        with contextlib.suppress(OSError):
            self._rope.send(b".")

    def next_for(self, lane: Lane) -> Envelope | None:
        return self._source.take() if self._lanes.index(lane) < self.allowed else None

    def told(self, lane: Lane, outcome: Outcome) -> None:
        event = Event(outcome.key, outcome.result, lane.session.server_ip, lane.since, time.monotonic())
        self._events.append(event)
        if isinstance(outcome.result, Accepted) and self.allowed < self.limit:
            self._accepted += 1
            self.allowed += self._accepted % SUCCESSES == 0

    def closing(self, lane: Lane) -> None:
        self._selector.unregister(lane)
        self._lanes.remove(lane)

    def _give_idle_ones_work(self) -> None:
        for lane in [lane for lane in self._lanes if lane.idle or lane.paused]:
            if lane.idle and self._lanes.index(lane) >= self.allowed:
                lane.close()
            elif lane.paused or len(self._source):
                self._run(lane)

    def _open_more(self) -> None:
        """One if there is none; three times as many more when all have had their hands full for a while."""
        now = time.monotonic()
        if not len(self._source):
            self._at_ease = now
        elif not self._lanes:
            self._open(0 if self._opening else 1)
        elif not self._opening and now - self._at_ease >= PATIENCE and now >= self._not_before:
            self._at_ease = now
            self._open(min(self.allowed - len(self._lanes), 3 * len(self._lanes)))

    def _open(self, count: int) -> None:
        for _ in range(count):
            self._opening += 1
            threading.Thread(target=self._open_there, name="opens a connection", daemon=True).start()

    def _open_there(self) -> None:
        session = Session(self.server)
        result: Session | SessionFailure = session
        try:
            session.open()
        except Exception as error:  # whatever it is, the loop must not wait for this thread for ever
            session.leave(polite=False)
            result = error if isinstance(error, SessionFailure) else SessionFailure(Stage.CONNECT, error=error)
        self._opened.append(result)
        if self._closed:
            self._welcome()
        else:
            self.wake()

    def _welcome(self) -> None:
        """Take over what the threads have opened."""
        with contextlib.suppress(IndexError):
            while True:
                opened = self._opened.popleft()
                self._opening -= 1
                if isinstance(opened, SessionFailure):
                    self._not_before = time.monotonic() + RESPITE
                    self._could_not_open(opened)
                elif self._closed:
                    opened.leave(polite=True)
                else:
                    self._add(opened)

    def _could_not_open(self, failure: SessionFailure) -> None:
        now = time.monotonic()
        self._events.append(Event(None, failure, failure.evidence.ip, now, now))

    def _add(self, session: Session) -> None:
        lane = Lane(session, self)
        self._lanes.append(lane)
        self._selector.register(lane, selectors.EVENT_READ, lane)
        self._run(lane)

    def _run(self, lane: Lane, *, readable: bool = False) -> None:
        lane.run(readable=readable)
        if not lane.closed and lane.unsent != lane.watched:
            lane.watched = lane.unsent
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if lane.unsent else 0)
            self._selector.modify(lane, events, lane)

    def _await(self, wait: float) -> None:
        until = min([time.monotonic() + wait, *(lane.until for lane in self._lanes)])
        for key, happened in self._selector.select(max(0.0, until - time.monotonic())):
            if isinstance(key.data, Lane):
                self._run(key.data, readable=bool(happened & selectors.EVENT_READ))
            else:
                with contextlib.suppress(BlockingIOError):
                    self._bell.recv(4096)
        now = time.monotonic()
        for lane in [lane for lane in self._lanes if lane.until <= now]:
            lane.expire()
        self._welcome()
