"""One connection to a mail server: opened, used for one message or many, closed. Retrying is left to the caller."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from notifications.smtp.authentication import secrets_of
from notifications.smtp.clock import Clock
from notifications.smtp.commands import Transaction, ascii_domain, transaction
from notifications.smtp.connect import connect, interleave
from notifications.smtp.dialogue import Dialogue
from notifications.smtp.failure import (
    BadAddress,
    Certificate,
    ClosedByServer,
    Evidence,
    Fault,
    Refused,
    SessionFailure,
    SMTPUTF8NotOffered,
    Unreached,
)
from notifications.smtp.opening import Opening
from notifications.smtp.protocol import Extensions, queue_id_of
from notifications.smtp.resolve import Address, literal, resolve
from notifications.smtp.stages import Stages
from notifications.smtp.stream import Stream
from notifications.smtp.transcript import Transcript
from notifications.smtp.transfer import Transfer
from notifications.smtp.values import Accepted, Observer, Server, Stage, TLSMode

# RFC 5321 4.5.3.2.6: giving up earlier on the final reply makes duplicates.
FINAL_REPLY = 600.0
# Bytes a second that a message must make besides the timeout.
SLOWEST = 10_000
_FAREWELL = 2.0


class Session:
    """`deadline`: seconds for everything up to `close`, counted from `open`."""

    def __init__(self, server: Server, *, observer: Observer | None = None, deadline: float | None = None) -> None:
        self._server = server
        self._deadline = deadline
        self._clock = Clock(deadline)
        self._stages = Stages(observer, self._failure)
        self._dialogue: Dialogue | None = None
        self._opening: Opening | None = None
        self._addresses: tuple[str, ...] = ()
        self._opened = False
        self._broken = False
        self._needs_reset = False
        self.transcript = Transcript()
        self.server_ip: str | None = None
        self.local_ip: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """Whether another message may be given to this connection."""
        return self._opened and not self._broken

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The chain that the server presented, its own first; none without TLS."""
        return self._opening.watch.certificates if self._opening and self._opening.watch else ()

    @property
    def offered(self) -> frozenset[str]:
        return frozenset(self._extensions.parameters)

    @property
    def _extensions(self) -> Extensions:
        return self._opening.extensions if self._opening else Extensions({})

    @property
    def dialogue(self) -> Dialogue:
        """Of a session that is open."""
        return self._ready()

    def open(self) -> None:
        """Raises `SessionFailure`."""
        self._clock = Clock(self._deadline)
        server = self._server
        with self._stages(Stage.RESOLVE) as step:
            addresses = resolve(server.address, server.port, self._clock.until(server.timeout))
            self._addresses = tuple(dict.fromkeys(address.ip for address in interleave(addresses)))
            step.detail = ", ".join(dict.fromkeys(address.ip for address in addresses))
            step.skipped = literal(server.address) is not None
        with self._stages(Stage.CONNECT) as step:
            opening = self._connect(addresses)
            step.detail = f"{self.server_ip} port {server.port}"
        for stage in self._order():
            with self._stages(stage) as step:
                if stage is Stage.TLS:
                    step.skipped = server.tls_mode is TLSMode.NONE
                    step.detail = "" if step.skipped else opening.start_tls(_verified_name(server.address))
                else:
                    step.detail = opening.greet()
        with self._stages(Stage.AUTHENTICATE) as step:
            step.skipped = server.username is None
            if server.username is not None:
                step.detail = opening.authenticate(server.username, server.password or "")
        self._opened = True

    def deliver(self, sender: str, recipient: str, message: bytes) -> Accepted:
        """One message. Raises `SessionFailure`, also for an address that can be part of no command (`BadAddress`)."""
        dialogue = self._ready()
        with self._stages(Stage.SENDER) as step:
            prepared = self._prepare(sender, recipient, message)
            if self._needs_reset:
                dialogue.expect("RSET", self.soon())
            self._needs_reset = True
            dialogue.expect(prepared.mail, self.soon())
            step.detail = sender or "<>"
        with self._stages(Stage.RECIPIENT) as step:
            dialogue.expect(prepared.rcpt, self.soon())
            step.detail = recipient
        with self._stages(Stage.MESSAGE) as step:
            dialogue.expect("DATA", self.soon(), 354)
            try:
                dialogue.send(prepared.data, self.soon(len(prepared.data)))
            finally:
                step.maybe_accepted = not dialogue.stream.queued
            dialogue.transcript.note(f"the message, {len(prepared.data)} bytes")
            reply = dialogue.accepted(dialogue.read(self.late()))
            accepted = Accepted(reply, queue_id_of(reply))
            step.detail = f"queued as {accepted.queue_id}" if accepted.queue_id else str(reply)
        self._needs_reset = False
        return accepted

    def transfer(self) -> Transfer:
        """Many messages, for `lane.py` to drive. No stages are reported: there is one dialogue for all."""
        pipelining = "PIPELINING" in self._extensions
        return Transfer(self._prepare, self._failure, pipelining=pipelining, reset=self._needs_reset)

    def close(self) -> None:
        """Says goodbye if that is quickly done. Never raises."""
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is None:
            return
        try:
            if not self._broken and (seconds := self._clock.left(min(_FAREWELL, self._server.timeout))):
                dialogue.ask("QUIT", self._clock.until(seconds))
        except (Fault, OSError):
            pass
        finally:
            self._opened = False
            dialogue.stream.close()

    def leave(self, *, polite: bool) -> None:
        """Closes without waiting for an answer. Never raises."""
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is not None:
            with contextlib.suppress(Fault, OSError):
                if polite:
                    dialogue.stream.put(b"QUIT\r\n")
                    dialogue.stream.pump()
            self._opened = False
            dialogue.stream.close()

    def _connect(self, addresses: list[Address]) -> Opening:
        server = self._server
        sock, self.server_ip = connect(addresses, server.port, server.rules, self._clock.until(server.timeout))
        self._dialogue = Dialogue(Stream(sock), self.transcript)
        self.local_ip = self._dialogue.stream.local_ip
        if server.username is not None:
            # From the banner on: who has heard the password once may say it at any time.
            self._dialogue.scrub.hide(secrets_of(server.username, server.password or ""))
        self.transcript.note(f"connected to {self.server_ip} port {server.port}")
        self._opening = Opening(server, self._dialogue, self._clock, ip=self.server_ip)
        return self._opening

    def _order(self) -> tuple[Stage, Stage]:
        implicit = self._server.tls_mode is TLSMode.IMPLICIT
        return (Stage.TLS, Stage.GREETING) if implicit else (Stage.GREETING, Stage.TLS)

    def _ready(self) -> Dialogue:
        if not self._opened and not self._broken:
            self.open()
        if self._dialogue is None:
            raise SessionFailure(Stage.CONNECT, error=ClosedByServer(), evidence=self._evidence())
        return self._dialogue

    def _prepare(self, sender: str, recipient: str, message: bytes) -> Transaction:
        return transaction(sender, recipient, message, self._extensions)

    def soon(self, size: int = 0) -> float:
        """When a reply must have come, with so many bytes to hand over before it."""
        return self._clock.until(self._server.timeout + size / SLOWEST)

    def late(self) -> float:
        """When the reply after the final dot must have come."""
        return self._clock.until(FINAL_REPLY)

    def _failure(
        self, stage: Stage, error: Exception, maybe_accepted: bool = False, talk: Sequence[str] = ()
    ) -> SessionFailure:
        reply = error.reply if isinstance(error, Refused) else None
        # 421 announces the end of the connection, and after a reply of the wrong kind nobody knows what the next one
        # answers; after any other refusal it goes on.
        lost = reply is not None and (reply.code == 421 or reply.code < 400)
        if lost or not isinstance(error, Refused | BadAddress | SMTPUTF8NotOffered):
            self._broken = True
        _without_frames(error)
        evidence = self._evidence(error.tried if isinstance(error, Unreached) else (), talk)
        maybe_accepted = maybe_accepted and reply is None
        return SessionFailure(stage, reply=reply, error=error, evidence=evidence, maybe_accepted=maybe_accepted)

    def _evidence(self, tried: tuple[str, ...] = (), talk: Sequence[str] = ()) -> Evidence:
        watch = self._opening.watch if self._opening else None
        return Evidence(
            ip=self.server_ip,
            addresses=self._addresses,
            tried=tried,
            offered=self._extensions.names,
            mechanisms=self._extensions.mechanisms,
            certificates=watch.certificates if watch else (),
            presented=watch.presented if watch else (),
            client_certificate_requested=bool(watch and watch.client_certificate_requested),
            ehlo_name=self._opening.name if self._opening else "",
            banner=self._opening.banner if self._opening else "",
            said=self._dialogue.said if self._dialogue else "",
            transcript=(*self.transcript.lines, *talk),
        )


def _without_frames(error: BaseException | None) -> None:
    """Whoever reports an exception shows the variables of its frames, and below this one they hold the password."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _verified_name(address: str) -> str:
    """What the certificate must be for: the name that was asked for, never the address that it led to."""
    return literal(address) or ascii_domain(address).rstrip(".")
