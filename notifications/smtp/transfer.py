"""Many messages over one connection, as far as that needs no I/O: what is said, and what each reply means.

With PIPELINING (RFC 2920) the end of one message and MAIL, RCPT, DATA of the next travel together; DATA ends a group,
because what follows depends on its reply. Without it, each command waits for its reply. Sockets, time and the choice
of the next message are the affair of whoever drives the generator (`connections.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from notifications.smtp.acts import Act, Broken, Hear, Message, Say, Steps, Take, Taken, Tell
from notifications.smtp.commands import Transaction
from notifications.smtp.failure import Fault, Refused, SessionFailure
from notifications.smtp.protocol import queue_id_of
from notifications.smtp.values import Accepted, Envelope, Outcome, Reply, Stage

# The stage, what went wrong, whether the message may have been accepted, and the dialogue about it.
MakeFailure = Callable[[Stage, Exception, bool, Sequence[str]], SessionFailure]

# A 354 after a refused recipient is answered with nothing but the end of the data.
_NO_MESSAGE = b".\r\n"

# The same for every message: made once.
_TAKE, _TAKE_WHEN_IDLE = Take(idle=False), Take(idle=True)
_HEAR_FINAL = Hear("message", late=True)
_STEPS = tuple(
    (stage, verb, wanted, Hear(verb))
    for stage, verb, wanted in ((Stage.SENDER, "MAIL", 2), (Stage.RECIPIENT, "RCPT", 2), (Stage.MESSAGE, "DATA", 354))
)
_RSET = (Stage.SENDER, "RSET", 2, Hear("RSET"))


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
        # Its DATA got a 354.
        self._open: Message | None = None
        self._ended = False

    def run(self) -> Steps:
        """Ends when the connection is of no more use."""
        while not self._ended:
            taken: Taken | None = yield _TAKE_WHEN_IDLE if self._open is None else _TAKE
            if taken is None:
                yield from self._end_message()
                continue
            message = yield from self._prepared(taken)
            if message is None:
                continue
            if self._pipelining:
                yield from self._exchange(message)
            else:
                yield from self._end_message()
                yield from self._in_turns(message)

    def _prepared(self, taken: Taken) -> Generator[Act, Any, Message | None]:
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
            return Message(envelope, self._prepare(envelope.sender, envelope.recipient, envelope.message))
        except Fault as error:
            yield Tell(Outcome(envelope.key, self._make_failure(Stage.SENDER, error, False, ())))
            return None

    def _exchange(self, message: Message) -> Steps:
        """The end of the last message with the beginning of the next, and what is answered to both."""
        opened, resetting = self._open, self._reset
        yield from self._say_message()
        message.said += _beginning(message, resetting)
        yield Say("\r\n".join((*message.said, "")).encode())
        if opened is not None:
            yield from self._hear_final(opened)
        if self._ended:
            yield _untried(message.envelope)
            return
        try:
            if resetting:
                self._reset = False
                message.heard.append((yield Hear("RSET")))
        except Broken as broken:
            yield self._break(message, Stage.SENDER, broken, maybe=False)
            return
        yield from self._hear_beginning(message)

    def _hear_beginning(self, message: Message) -> Steps:
        """The replies to MAIL, RCPT and DATA. All of them come, whatever the first one is."""
        refused: tuple[Stage, Refused] | None = None
        for stage, verb, wanted, hear in _STEPS:
            try:
                reply: Reply = yield hear
            except Broken as broken:
                ended = self._break(message, stage, broken, maybe=False)
                yield self._refuse(message, *refused) if refused else ended
                return
            message.heard.append(reply)
            if refused is None and not reply.fits(wanted):
                refused = stage, Refused(reply, verb)
                if reply.code == 421:
                    break
        message.refused = refused is not None
        if reply.code == 354:
            self._open = message
        else:
            self._reset = True
        if refused:
            yield self._refuse(message, *refused)

    def _in_turns(self, message: Message) -> Steps:
        if self._ended:
            yield _untried(message.envelope)
            return
        steps = [_RSET, *_STEPS] if self._reset else _STEPS
        for (stage, verb, wanted, hear), line in zip(steps, _beginning(message, self._reset), strict=True):
            message.said.append(line)
            yield Say(f"{line}\r\n".encode())
            try:
                reply: Reply = yield hear
            except Broken as broken:
                yield self._break(message, stage, broken, maybe=False)
                return
            message.heard.append(reply)
            if not reply.fits(wanted):
                self._reset = True
                yield self._refuse(message, stage, Refused(reply, verb))
                return
        self._reset = False
        self._open = message

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
            opened.said.append("")
            yield Say(_NO_MESSAGE if opened.refused else opened.commands.data, marked=True)

    def _hear_final(self, opened: Message) -> Steps:
        try:
            reply: Reply = yield _HEAR_FINAL
        except Broken as broken:
            ended = self._break(opened, Stage.MESSAGE, broken, maybe=broken.handed)
            if not opened.refused:
                yield ended
            return
        if opened.refused:
            return
        if reply.code // 100 == 2:
            yield Tell(Outcome(opened.envelope.key, Accepted(reply, queue_id_of(reply))))
        else:
            opened.heard.append(reply)
            yield self._refuse(opened, Stage.MESSAGE, Refused(reply, "DATA"))

    def _refuse(self, message: Message, stage: Stage, refused: Refused) -> Tell:
        failure = self._make_failure(stage, refused, False, message.dialogue())
        # 421 announces the end; after a reply of the wrong kind nobody knows what the next one answers.
        self._ended = self._ended or refused.reply.code == 421 or refused.reply.code < 400
        return Tell(Outcome(message.envelope.key, failure))

    def _break(self, message: Message, stage: Stage, broken: Broken, *, maybe: bool) -> Tell:
        self._ended = True
        failure = self._make_failure(stage, broken.error, maybe, message.dialogue(broken.error))
        return Tell(Outcome(message.envelope.key, failure))


def _beginning(message: Message, resetting: bool) -> list[str]:
    lines = [message.commands.mail, message.commands.rcpt, "DATA"]
    return ["RSET", *lines] if resetting else lines


def _untried(envelope: Envelope) -> Tell:
    return Tell(Outcome(envelope.key, None))
