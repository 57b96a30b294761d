"""One open session that many messages go over, driven without ever waiting: its owner runs each lane in its turn."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from typing import Any, Protocol

from notifications.smtp.acts import Act, Broken, Hear, Say, Take, Taken, Tell
from notifications.smtp.failure import ClosedByServer, Fault, NoReply, SessionFailure
from notifications.smtp.session import Session
from notifications.smtp.values import Envelope, Outcome

# Seconds without a message after which a connection is asked whether it is still there before it is used.
STALE = 5.0


class Owner(Protocol):
    """Who has the messages, and is told what became of each."""

    def next_for(self, lane: Lane) -> Envelope | None:
        """The next message, or None when there is none now."""

    def told(self, lane: Lane, outcome: Outcome) -> None: ...

    def closing(self, lane: Lane) -> None:
        """Called while the socket is still there."""


class Lane:
    def __init__(self, session: Session, owner: Owner) -> None:
        self.session = session
        self.since = time.monotonic()
        self._owner = owner
        self._dialogue = session.dialogue
        self._steps = session.transfer().run()
        self._act: Act = next(self._steps)
        # Whether it waits for a message. An attribute, since its owner asks each lane in each turn.
        self.idle = True
        self._mark = 0
        # When what is being waited for must have come, by time.monotonic.
        self.until = math.inf
        self.idle_since = self.since
        self.closed = False
        self._readable = False
        # A failure was told: its owner decides first whether another message is to follow.
        self.paused = False
        # Whether its owner looks whether the socket takes more.
        self.watched = False

    @property
    def unsent(self) -> bool:
        """Whether the socket did not take everything yet."""
        return self._dialogue.stream.queued > 0

    def fileno(self) -> int:
        return self._dialogue.stream.fileno()

    def run(self, *, readable: bool = False) -> None:
        """As far as it goes without waiting. `readable`: there is something to be heard, as far as its owner knows."""
        self.paused = False
        self._readable = readable
        while not self.closed and not self.paused and self._step():
            pass

    def expire(self) -> None:
        """What was waited for has not come in time."""
        self._break(NoReply())
        self.run()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._owner.closing(self)
            self._steps.close()
            self.session.leave(polite=self.idle)

    def _step(self) -> bool:
        """One act; False when it has to wait."""
        act = self._act
        answer: object = None
        if isinstance(act, Take):
            if act.idle and self._gone():
                self.close()
                return False
            envelope = self._owner.next_for(self)
            if envelope is not None:
                answer = Taken(envelope, stale=act.idle and time.monotonic() - self.idle_since > STALE)
            elif act.idle:
                return False
        elif isinstance(act, Say):
            self._say(act)
        elif isinstance(act, Hear):
            try:
                answer = self._hear(act)
            except (Fault, OSError) as error:
                self._break(error)
                return True
            if answer is None:
                return False
            self.until = math.inf
        else:
            self._tell(act)
        self._go_on(self._steps.send, answer)
        return True

    def _go_on(self, resume: Callable[[Any], Act], value: object) -> None:
        try:
            self._act = resume(value)
        except StopIteration:
            self.close()
        else:
            self.idle = isinstance(self._act, Take)

    def _break(self, error: Exception) -> None:
        self.until = math.inf
        self._go_on(self._steps.throw, Broken(error, handed=self._dialogue.stream.handed(self._mark)))

    def _gone(self) -> bool:
        """Whether the server closed, or spoke unasked: then it says that it goes."""
        try:
            return self._dialogue.stream.pull() is not None
        except OSError:
            return True

    def _say(self, act: Say) -> None:
        # The reply that says why the connection ended may have come before its end: `_hear` looks for it.
        with contextlib.suppress(ClosedByServer):
            place = self._dialogue.stream.put(act.data)
            self._mark = place if act.marked else self._mark

    def _hear(self, act: Hear) -> object:
        """The reply, or None when it has not come yet."""
        with contextlib.suppress(ClosedByServer):
            self._dialogue.stream.pump()
        self._dialogue.said = act.verb
        reply = self._dialogue.poll(look=self._readable)
        # Once for each time that it is readable: an answer to what was just said has not come yet.
        self._readable = False
        if reply is None and self.until == math.inf:
            self.until = self.session.late() if act.late else self.session.soon(self._dialogue.stream.queued)
        return reply

    def _tell(self, act: Tell) -> None:
        self.idle_since = time.monotonic()
        self.paused = isinstance(act.outcome.result, SessionFailure)
        self._owner.told(self, act.outcome)
