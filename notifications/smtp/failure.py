"""What can go wrong in a conversation, as exceptions that say what happened. What it means is left to `diagnosis`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from notifications.smtp.values import Reply, Stage

ResolveProblem = Literal["not_found", "no_address", "unavailable"]
ConnectProblem = Literal["refused", "timeout", "unreachable", "forbidden"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a person needs to know of a certificate that was presented."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key: str = ""
    self_signed: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was learned before the failure."""

    ip: str | None = None
    # All that the name led to, whether they were reached or not.
    addresses: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    # The same as they came, in DER.
    presented: tuple[bytes, ...] = field(default=(), repr=False)
    client_certificate_requested: bool = False
    ehlo_name: str = ""
    banner: str = ""
    # The verb that was last sent: "" before the banner came.
    said: str = ""
    # The dialogue: how the connection was opened, and what was said of the message that failed.
    transcript: tuple[str, ...] = ()


class Fault(Exception):
    """A step that could not be done. Never holds a secret."""


class Unresolved(Fault):
    def __init__(self, kind: ResolveProblem, name: str) -> None:
        super().__init__(f"{name}: {kind}")
        self.kind: ResolveProblem = kind


class Unreached(Fault):
    """No address could be connected to; `kind` is the most telling of the reasons."""

    def __init__(self, kind: ConnectProblem, tried: tuple[str, ...] = ()) -> None:
        super().__init__("; ".join(tried) or kind)
        self.kind: ConnectProblem = kind
        self.tried = tried


class ClosedByServer(Fault):
    def __init__(self) -> None:
        super().__init__("the server closed the connection")


class NoReply(Fault):
    """`begun`: part of a reply came, and never the rest."""

    def __init__(self, *, begun: bool = False) -> None:
        super().__init__("no complete reply in time" if begun else "no reply in time")
        self.begun = begun


class Garbled(Fault):
    """Bytes that are no SMTP reply. They are classified, never quoted: they may come from anything that listens."""

    def __init__(self, problem: str, spoke: str = "") -> None:
        super().__init__(problem)
        self.spoke = spoke


class Refused(Fault):
    def __init__(self, reply: Reply, said: str) -> None:
        super().__init__(f"{said or 'banner'}: {reply}")
        self.reply = reply
        self.said = said


class SpeaksTLS(Fault):
    """Plain SMTP was expected, and the server speaks TLS from its first byte; under it, `spoke`, if that is no SMTP."""

    def __init__(self, spoke: str = "") -> None:
        super().__init__("the server speaks TLS from its first byte")
        self.spoke = spoke


class TLSNotOffered(Fault):
    """STARTTLS is wanted and not among the extensions."""


class InjectedBytes(Fault):
    """More than the reply to STARTTLS came before the handshake."""


class AnswersInClear(Fault):
    """A TLS handshake was begun, and the answer was not TLS; `refuses`: it was a 4xx or 5xx of SMTP."""

    def __init__(self, spoke: str, *, refuses: bool = False) -> None:
        super().__init__(f"the answer to the handshake was not TLS: {spoke or 'unknown'}")
        self.spoke = spoke
        self.refuses = refuses


class HandshakeBroken(Fault):
    """The connection ended or fell silent in the handshake; `answered` says whether the server had said anything."""

    def __init__(self, kind: Literal["closed", "timeout"], *, answered: bool) -> None:
        super().__init__(f"the handshake ended early: {kind}")
        self.kind: Literal["closed", "timeout"] = kind
        self.answered = answered


class UnusableCertificateSetting(Fault):
    """The private authority's certificate in the settings cannot be read."""


class AuthenticationNotOffered(Fault):
    def __init__(self, *, over_tls: bool) -> None:
        super().__init__("AUTH is not offered" + (" before TLS" if over_tls else ""))
        self.over_tls = over_tls


class NoCommonMechanism(Fault):
    """AUTH is offered, with none of the mechanisms known here."""


class SMTPUTF8NotOffered(Fault):
    """An address cannot be written in ASCII, and the server takes only ASCII."""


class BadAddress(Fault, ValueError):
    """An address that cannot be part of a command."""


class SessionFailure(Exception):
    """A stage failed. Carries everything that a diagnosis needs, and never a secret."""

    def __init__(
        self,
        stage: Stage,
        *,
        reply: Reply | None = None,
        error: BaseException | None = None,
        evidence: Evidence | None = None,
        maybe_accepted: bool = False,
    ) -> None:
        super().__init__(stage, reply, error)
        self.stage = stage
        self.reply = reply
        self.error = error
        self.evidence = evidence or Evidence()
        self.maybe_accepted = maybe_accepted

    def __str__(self) -> str:
        return f"{self.stage}: {self.reply or self.error or 'failed'}"
