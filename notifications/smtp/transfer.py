"""Many messages over one connection, as far as that needs no I/O: what is said, and what each reply means.

With PIPELINING (RFC 2920) the end of one message and MAIL, RCPT, DATA of the next travel together; DATA ends a group,
because what follows depends on its reply. Without it, each command waits for its reply. Sockets, time and the choice
of the next message are the affair of whoever drives the generator (`connections.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from notifications.smtp.commands import Transaction
from notifications.smtp.failure import Fault, Refused, SessionFailure
from notifications.smtp.protocol import queue_id_of
from notifications.smtp.stages import MakeFailure
from notifications.smtp.values import Accepted, Envelope, Outcome, Reply, Stage

# A 354 after a refused recipient is answered with nothing but the end of the data.
_NO_MESSAGE = b".\r\n"


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


# The same for every message: made once.
_TAKE, _TAKE_WHEN_IDLE = Take(idle=False), Take(idle=True)
_HEAR_FINAL = Hear("message", late=True)
_STEPS = tuple(
    (stage, verb, wanted, Hear(verb))
    for stage, verb, wanted in ((Stage.SENDER, "MAIL", 2), (Stage.RECIPIENT, "RCPT", 2), (Stage.MESSAGE, "DATA", 354))
)


class Broken(Exception):
    """Thrown in at a `Hear`: the connection has ended. `handed`: the marked bytes may have reached the server."""

    def __init__(self, error: Exception, *, handed: bool) -> None:
        super().__init__(error)
        self.error = error
        self.handed = handed


Act = Take | Say | Hear | Tell
Steps = Generator[Act, Any, None]


@dataclass(slots=True)
class _Open:
    """A transaction whose DATA got its 354. When `refused`, its outcome has been told."""

    envelope: Envelope
    data: bytes
    refused: bool


class Transfer:
    """`prepare` makes the commands of a message; `reset` says that a transaction before must be ended first."""

    def __init__(
        self,
        prepare: Callable[[str, str, bytes], Transaction],
        make_failure: MakeFailure,
        *,
        pipelining: bool,
        reset: bool = False,
    ) -> None:
        self._prepare = prepare
        self._make_failure = make_failure
        self._pipelining = pipelining
        self._reset = reset
        self._open: _Open | None = None
        self._ended = False

    def run(self) -> Steps:
        """Ends when the connection is of no more use."""
        while not self._ended:
            taken: Taken | None = yield _TAKE_WHEN_IDLE if self._open is None else _TAKE
            following = None
            if taken is not None:
                following = yield from self._prepared(taken)
                if following is None:
                    continue
            if taken is None or following is None:
                yield from self._end_message()
            elif self._pipelining:
                yield from self._exchange(taken.envelope, following)
            else:
                yield from self._end_message()
                yield from self._in_turns(taken.envelope, following)

    def _prepared(self, taken: Taken) -> Generator[Act, Any, Transaction | None]:
        """None when the message cannot be sent, or the connection turns out to be gone."""
        if taken.stale:
            yield Say(b"NOOP\r\n")
            try:
                reply: Reply = yield Hear("NOOP")
                self._ended = reply.code // 100 != 2
            except Broken:
                self._ended = True
            if self._ended:
                yield _untried(taken.envelope)
                return None
        envelope = taken.envelope
        try:
            return self._prepare(envelope.sender, envelope.recipient, envelope.message)
        except Fault as error:
            yield Tell(Outcome(envelope.key, self._make_failure(Stage.SENDER, error, False)))
            return None

    def _exchange(self, envelope: Envelope, following: Transaction) -> Steps:
        """The end of the last message with the beginning of the next, and what is answered to both."""
        opened, resetting = self._open, self._reset
        yield from self._say_message()
        begin = f"{following.mail}\r\n{following.rcpt}\r\nDATA\r\n"
        yield Say(("RSET\r\n" + begin if resetting else begin).encode())
        if opened is not None:
            yield from self._hear_final(opened)
        if self._ended:
            yield _untried(envelope)
            return
        try:
            if resetting:
                self._reset = False
                yield Hear("RSET")
        except Broken as broken:
            yield self._break(envelope, Stage.SENDER, broken, maybe=False)
            return
        yield from self._hear_beginning(envelope, following)

    def _hear_beginning(self, envelope: Envelope, following: Transaction) -> Steps:
        """The replies to MAIL, RCPT and DATA. All of them come, whatever the first one is."""
        refused: tuple[Stage, Refused] | None = None
        reply: Reply | None = None
        for stage, verb, wanted, hear in _STEPS:
            try:
                reply = yield hear
            except Broken as broken:
                ended = self._break(envelope, stage, broken, maybe=False)
                yield self._refuse(envelope, *refused) if refused else ended
                return
            if refused is None and reply is not None and not reply.fits(wanted):
                refused = stage, Refused(reply, verb)
                if reply.code == 421:
                    break
        if reply is not None and reply.code == 354:
            self._open = _Open(envelope, following.data, refused is not None)
        else:
            self._reset = True
        if refused:
            yield self._refuse(envelope, *refused)

    def _in_turns(self, envelope: Envelope, following: Transaction) -> Steps:
        if self._ended:
            yield _untried(envelope)
            return
        steps = [(Stage.SENDER, "RSET", 2, Hear("RSET"), "RSET")] if self._reset else []
        steps += [(*step, line) for step, line in zip(_STEPS, (following.mail, following.rcpt, "DATA"), strict=True)]
        for stage, verb, wanted, hear, line in steps:
            yield Say(f"{line}\r\n".encode())
            try:
                reply: Reply = yield hear
            except Broken as broken:
                yield self._break(envelope, stage, broken, maybe=False)
                return
            if not reply.fits(wanted):
                self._reset = True
                yield self._refuse(envelope, stage, Refused(reply, verb))
                return
        self._reset = False
        self._open = _Open(envelope, following.data, refused=False)

    def _end_message(self) -> Steps:
        """Nothing follows at once: the message that is open must not wait for it."""
        opened = self._open
        if opened is not None:
            yield from self._say_message()
            yield from self._hear_final(opened)

    def _say_message(self) -> Steps:
        opened, self._open = self._open, None
        if opened is not None:
            self._reset = False
            yield Say(_NO_MESSAGE if opened.refused else opened.data, marked=True)

    def _hear_final(self, opened: _Open) -> Steps:
        try:
            reply: Reply = yield _HEAR_FINAL
        except Broken as broken:
            ended = self._break(opened.envelope, Stage.MESSAGE, broken, maybe=broken.handed)
            if not opened.refused:
                yield ended
            return
        if opened.refused:
            return
        if reply.code // 100 == 2:
            yield Tell(Outcome(opened.envelope.key, Accepted(reply, queue_id_of(reply))))
        else:
            yield self._refuse(opened.envelope, Stage.MESSAGE, Refused(reply, "DATA"))

    def _refuse(self, envelope: Envelope, stage: Stage, refused: Refused) -> Tell:
        failure: SessionFailure = self._make_failure(stage, refused, False)
        # 421 announces the end; after a reply of the wrong kind nobody knows what the next one answers.
        self._ended = self._ended or refused.reply.code == 421 or refused.reply.code < 400
        return Tell(Outcome(envelope.key, failure))

    def _break(self, envelope: Envelope, stage: Stage, broken: Broken, *, maybe: bool) -> Tell:
        self._ended = True
        return Tell(Outcome(envelope.key, self._make_failure(stage, broken.error, maybe)))


def _untried(envelope: Envelope) -> Tell:
    return Tell(Outcome(envelope.key, None))
