"""The values that travel into and out of a conversation with a mail server. No behaviour, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from notifications.smtp.rules import Rules

if TYPE_CHECKING:
    from notifications.smtp.failure import SessionFailure


class TLSMode(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class Stage(StrEnum):
    """The steps of a delivery, in the order they run (with implicit TLS, `TLS` runs before `GREETING`)."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    AUTHENTICATE = "authenticate"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


def stages_of(mode: TLSMode) -> tuple[Stage, ...]:
    """All eight stages, in the order in which they run under this TLS mode."""
    if mode is not TLSMode.IMPLICIT:
        return tuple(Stage)
    return (Stage.RESOLVE, Stage.CONNECT, Stage.TLS, Stage.GREETING, *tuple(Stage)[4:])


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to connect. A `username` of None means: do not authenticate."""

    address: str
    port: int
    tls_mode: TLSMode
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_certificate: str = ""
    ehlo_name: str = ""
    timeout: float = 30.0
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, its lines joined by newlines, the enhanced code taken off, control characters made visible."""

    code: int
    enhanced: str | None
    text: str

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500

    def fits(self, wanted: int) -> bool:
        """Whether it has the wanted class, or code."""
        return wanted in (self.code, self.code // 100)

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced or "", " ".join(self.text.split())) if part)


@dataclass(frozen=True, slots=True)
class StageResult:
    stage: Stage
    status: Literal["ok", "failed", "skipped"]
    elapsed_ms: float | None
    detail: str


class Observer(Protocol):
    """Is told of each stage as it runs."""

    def stage_started(self, stage: Stage) -> None: ...

    def stage_ended(self, result: StageResult) -> None: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    reply: Reply
    queue_id: str | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one recipient; `key` is the caller's own, and comes back in the `Outcome`."""

    key: object
    sender: str
    recipient: str
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    key: object
    # None: its connection ended before it was tried.
    result: Accepted | SessionFailure | None
