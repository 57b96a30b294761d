"""What the end of one try means: for its message, and for all the others.

The scope of a cause decides (`diagnosis.md`): a fault of the server or the settings holds the queue and charges nobody;
a refusal concerns its message, unless many different ones get the same; a connection that breaks is tried again first.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils import timezone

from notifications import settlements, worker
from notifications.diagnosis import Diagnosis, diagnose
from notifications.leased import Leased
from notifications.models import Attempt
from notifications.settlements import Settlement, Try
from notifications.smtp import Accepted, Event, Server, SessionFailure
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)

BREAKS_THAT_HOLD = 3  # connections that broke in a row
REFUSALS_THAT_HOLD = 10  # different messages refused in a row for the same cause
DIALOGUE = 8000  # characters of it that are kept of an attempt


@dataclass(frozen=True, slots=True)
class Verdict:
    settlement: Settlement
    counts: Literal["delivered", "failed", "deferred", ""] = ""
    # Why everything is held from now on.
    holds: Diagnosis | None = None
    # Whether it shows that the server can be used.
    releases: bool = False
    # Whether the server wants fewer connections.
    too_many: bool = False


@dataclass(slots=True)
class Verdicts:
    """Remembers what went wrong in a row. `held_for`: the cause for which the queue is held while this is a trial."""

    server: Server
    saved: SMTPSettings
    held_for: str = ""
    _breaks: int = 0
    _last_break: float = 0.0
    _cause: str = ""
    _refused: set[int] = field(default_factory=set)

    def of(self, row: Leased, result: Accepted | SessionFailure, event: Event) -> Verdict:
        where = f"{self.server.address}:{self.server.port} ({event.ip})"
        if isinstance(result, Accepted):
            return self._accepted(row, where, result)
        diagnosis = diagnose(result, self.server, self.saved.sender, row.recipient)
        logger.warning(
            "Notification %s not delivered: %s", row.pk, diagnosis.cause, extra={"correlation_id": row.correlation_id}
        )
        attempt = attempt_of(
            self.saved,
            Attempt.Outcome.REFUSED,
            server=where,
            stage=diagnosis.stage or "",
            cause=diagnosis.cause,
            reply=str(diagnosis.reply or diagnosis.explanation),
            talk=result.evidence.transcript,
        )
        match diagnosis.scope:
            case "queue":
                return self._held(row, attempt, diagnosis)
            case "connection":
                return self._broken(row, attempt, diagnosis, event, maybe_accepted=result.maybe_accepted)
            case _:
                return self._refused_one(row, attempt, diagnosis)

    def _accepted(self, row: Leased, where: str, accepted: Accepted) -> Verdict:
        self._breaks, self._cause = 0, ""
        self._refused.clear()
        reply, queue_id = str(accepted.reply), accepted.queue_id or ""
        logger.info(
            "Notification %s delivered", row.pk, extra={"correlation_id": row.correlation_id, "queue_id": queue_id}
        )
        attempt = attempt_of(self.saved, Attempt.Outcome.DELIVERED, server=where, reply=reply, queue_id=queue_id)
        return Verdict(settlements.delivered(row, attempt), "delivered", releases=True)

    def _held(self, row: Leased, attempt: Try, diagnosis: Diagnosis) -> Verdict:
        attempt.outcome = Attempt.Outcome.HELD
        too_many = diagnosis.cause == "server.rate_limited"
        return Verdict(settlements.held(row, attempt), holds=diagnosis, too_many=too_many)

    def _broken(
        self, row: Leased, attempt: Try, diagnosis: Diagnosis, event: Event, *, maybe_accepted: bool
    ) -> Verdict:
        attempt.outcome = Attempt.Outcome.UNKNOWN if maybe_accepted else Attempt.Outcome.DEFERRED
        # Connections that were open when one broke, and break with it, say nothing new.
        if event.since >= self._last_break:
            self._breaks += 1
            self._last_break = event.at
        holds = diagnosis if self._breaks >= BREAKS_THAT_HOLD else None
        if row.breaks == 0:
            return Verdict(settlements.broken(row, attempt), holds=holds)
        return Verdict(settlements.deferred(row, attempt), "deferred", holds=holds)

    def _refused_one(self, row: Leased, attempt: Try, diagnosis: Diagnosis) -> Verdict:
        if diagnosis.cause != self._cause:
            self._cause = diagnosis.cause
            self._refused.clear()
        self._refused.add(row.pk)
        if len(self._refused) >= REFUSALS_THAT_HOLD or diagnosis.cause == self.held_for:
            # So many for one cause, or still the one for which mail is held: it cannot be this message's fault.
            return self._held(row, attempt, diagnosis)
        if diagnosis.temporary:
            attempt.outcome = Attempt.Outcome.DEFERRED
            return Verdict(settlements.deferred(row, attempt), "deferred", releases=True)
        return Verdict(settlements.failed(row, attempt), "failed", releases=True)


def attempt_of(saved: SMTPSettings, outcome: Attempt.Outcome, *, talk: Sequence[str] = (), **values: str) -> Try:
    """`talk`: the dialogue, where it did not end well."""
    return Try(
        at=timezone.now(),
        outcome=outcome,
        worker=worker.NAME,
        settings_version=saved.version,
        dialogue=_shortened("\n".join(talk)),
        **values,
    )


def _shortened(dialogue: str) -> str:
    """How it began and how it ended: a server may talk without end."""
    if len(dialogue) <= DIALOGUE:
        return dialogue
    return f"{dialogue[: DIALOGUE // 2]}\n-- left out --\n{dialogue[-DIALOGUE // 2 :]}"
