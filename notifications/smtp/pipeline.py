"""Many messages over one connection without waiting for each reply (RFC 2920).

The end of one message and MAIL, RCPT, DATA of the next travel together. DATA ends a group, because what follows depends
on its reply. Opening, and what happens after a break, is left to the session and its caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from notifications.smtp.commands import Transaction
from notifications.smtp.dialogue import Dialogue
from notifications.smtp.failure import Fault, Refused, SessionFailure
from notifications.smtp.protocol import queue_id_of
from notifications.smtp.stages import MakeFailure
from notifications.smtp.values import Accepted, Envelope, Outcome, Reply, Stage

_STEPS = ((Stage.SENDER, "MAIL", 2), (Stage.RECIPIENT, "RCPT", 2), (Stage.MESSAGE, "DATA", 3))
# A 354 after a refused recipient is answered with nothing but the end of the data.
_NO_MESSAGE = b".\r\n"


@dataclass(slots=True)
class _Open:
    """A transaction whose DATA got its 354. Without a key's outcome still owed, `refused` is set."""

    envelope: Envelope
    data: bytes
    refused: bool


class Pipeline:
    def __init__(
        self,
        dialogue: Dialogue,
        prepare: Callable[[str, str, bytes], Transaction],
        make_failure: MakeFailure,
        soon: Callable[[int], float],
        late: Callable[[], float],
    ) -> None:
        self._dialogue = dialogue
        self._prepare = prepare
        self._make_failure = make_failure
        self._soon = soon
        self._late = late
        self._open: _Open | None = None
        # Whether the server holds a transaction that the next message must end first.
        self.reset = False
        self._resetting = False
        self._ended = False

    def deliver(self, envelopes: Iterable[Envelope], *, reset: bool) -> Iterator[Outcome]:
        self.reset = reset
        for envelope in envelopes:
            try:
                following = self._prepare(envelope.sender, envelope.recipient, envelope.message)
            except Fault as error:
                yield Outcome(envelope.key, None, self._make_failure(Stage.SENDER, error, False))
                continue
            yield from self._exchange(envelope, following)
            if self._ended:
                return
        yield from self._exchange(None, None)

    def _exchange(self, envelope: Envelope | None, following: Transaction | None) -> Iterator[Outcome]:
        """Send the end of the last message with the beginning of the next, and read what is answered to both."""
        opened, self._open = self._open, None
        first = b"" if opened is None else _NO_MESSAGE if opened.refused else opened.data
        broken = self._send(first, following)
        if opened is not None and (outcome := self._final(opened, broken, len(first))):
            yield outcome
        if self._ended or envelope is None or following is None:
            return
        outcome = self._begin(envelope, following, broken)
        if outcome is not None:
            yield outcome

    def _send(self, first: bytes, following: Transaction | None) -> Exception | None:
        commands = [following.mail, following.rcpt, "DATA"] if following else []
        self._resetting = bool(self.reset and commands and not first)
        if self._resetting:
            commands.insert(0, "RSET")
        elif first:
            self.reset = False
        group = first + b"".join(f"{command}\r\n".encode() for command in commands)
        if not group:
            return None
        if first:
            self._dialogue.transcript.note(f"the message, {len(first)} bytes")
        try:
            self._dialogue.send(group, self._soon(len(group)), *commands)
        except (Fault, OSError) as error:
            return error
        return None

    def _final(self, opened: _Open, broken: Exception | None, size: int) -> Outcome | None:
        handed = self._dialogue.stream.handed >= size
        try:
            reply = self._read("message", self._late(), broken)
        except (Fault, OSError) as error:
            return self._end(opened.envelope, Stage.MESSAGE, error, maybe=handed, owed=not opened.refused)
        if opened.refused:
            return None
        if reply.code // 100 == 2:
            return Outcome(opened.envelope.key, Accepted(reply, queue_id_of(reply)), None)
        return self._refuse(opened.envelope, Stage.MESSAGE, Refused(reply, "DATA"))

    def _begin(self, envelope: Envelope, following: Transaction, broken: Exception | None) -> Outcome | None:
        """Read the replies to MAIL, RCPT and DATA. All of them come, whatever the first one is."""
        stage, refused, reply = Stage.SENDER, None, None
        try:
            if self._resetting:
                self.reset = False
                self._read("RSET", self._soon(0), broken)
            for step, verb, wanted in _STEPS:
                stage = step if refused is None else stage
                reply = self._read(verb, self._soon(0), broken)
                if refused is None and reply.code // 100 != wanted:
                    refused = Refused(reply, verb)
                    if reply.code == 421:
                        break
        except (Fault, OSError) as error:
            ended = self._end(envelope, stage, error, maybe=False, owed=True)
            return self._refuse(envelope, stage, refused) if refused else ended
        if reply is not None and reply.code == 354:
            self._open = _Open(envelope, following.data, refused is not None)
        else:
            self.reset = True
        return self._refuse(envelope, stage, refused) if refused else None

    def _read(self, said: str, until: float, broken: Exception | None) -> Reply:
        self._dialogue.said = said
        if broken is not None:
            raise broken
        return self._dialogue.read(until)

    def _refuse(self, envelope: Envelope, stage: Stage, refused: Refused) -> Outcome:
        self._ended = self._ended or refused.reply.code == 421
        return Outcome(envelope.key, None, self._make_failure(stage, refused, False))

    def _end(self, envelope: Envelope, stage: Stage, error: Exception, *, maybe: bool, owed: bool) -> Outcome | None:
        self._ended = True
        failure: SessionFailure = self._make_failure(stage, error, maybe)
        return Outcome(envelope.key, None, failure) if owed else None
