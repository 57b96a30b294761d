"""One e-mail through the conversation that delivers all e-mails, stage by stage, and a report of what came of it.

Makes no settings and no message, stores nothing, and asks nobody for permission: that is left to the caller.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from notifications.diagnosis import Diagnosis, diagnose
from notifications.proposals import Proposal, proposals_of
from notifications.smtp import (
    Observer,
    Reply,
    Server,
    Session,
    SessionFailure,
    Stage,
    StageResult,
    TLSMode,
    stages_of,
)
from notifications.smtp.alternatives import SECONDS, USUAL_PORTS
from notifications.smtp.chain import Link, chain_of

# Kept back from the deadline for a look at the alternatives, and for the report.
_RESERVE = SECONDS + 0.5
_FOR_THE_REPORT = 0.1
_OF_CERTIFICATES = (
    "tls.untrusted", "tls.expired", "tls.not_yet_valid", "tls.name_mismatch", "tls.weak_certificate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What `--json` prints and the page shows. `stages` holds all eight, those that were not reached as skipped.

    `remedies` are the remedy in parts, the most specific first; `advice`, for each language, comes before them.
    `proposals` and `chain`, the certificates that are at fault, are for the page alone; what matters of them is part of
    the remedy. `left_from` is this machine's address.
    """

    delivered: bool
    diagnosis: Diagnosis | None
    stages: tuple[StageResult, ...]
    server: Server | None
    ip: str | None
    message_id: str
    queue_id: str | None
    reply: Reply | None
    transcript: tuple[str, ...]
    remedies: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    chain: tuple[Link, ...] = ()
    left_from: str | None = None
    advice: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def all_remedies(self) -> tuple[str, ...]:
        return (*self.advice.get("en", ()), *self.remedies)

    def as_json(self) -> dict[str, Any]:
        found, server = self.diagnosis, self.server
        return {
            "delivered": self.delivered,
            "cause": found.cause if found else None,
            "stage": found.stage if found else None,
            "explanation": found.explanation if found else None,
            "remedy": " ".join(self.all_remedies) if found else None,
            "server": {
                "address": server.address if server else None,
                "port": server.port if server else None,
                "ip": self.ip,
                "tls_mode": str(server.tls_mode) if server else None,
            },
            "reply": asdict(self.reply) if self.reply else None,
            "message_id": self.message_id,
            "queue_id": self.queue_id,
            "stages": [
                {
                    "name": str(result.stage),
                    "status": result.status,
                    "elapsed_ms": result.elapsed_ms,
                    "detail": result.detail,
                }
                for result in self.stages
            ],
            "transcript": list(self.transcript),
        }


class _Recorder:
    """Keeps each stage's result, and passes it on."""

    def __init__(self, observer: Observer | None) -> None:
        self._observer = observer
        self.results: dict[Stage, StageResult] = {}

    def stage_started(self, stage: Stage) -> None:
        if self._observer:
            self._observer.stage_started(stage)

    def stage_ended(self, result: StageResult) -> None:
        self.results[result.stage] = result
        if self._observer:
            self._observer.stage_ended(result)


def probe(
    server: Server,
    sender: str,
    recipient: str,
    message: bytes,
    *,
    message_id: str,
    observer: Observer | None = None,
    deadline: float = 30.0,
    usual_ports: Mapping[int, TLSMode] = USUAL_PORTS,
) -> Report:
    """Ends within the deadline, whatever the server does, and raises for no fault of it."""
    end = time.monotonic() + deadline
    recorder = _Recorder(observer)
    diagnosis, reply, queue_id = None, None, None
    failed: SessionFailure | None = None
    remedies: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    chain: tuple[Link, ...] = ()
    with Session(server, observer=recorder, deadline=deadline - min(_RESERVE, deadline / 10)) as session:
        try:
            session.open()
            accepted = session.deliver(sender, recipient, message)
            reply, queue_id = accepted.reply, accepted.queue_id
        except SessionFailure as failure:
            failed, diagnosis = failure, diagnose(failure, server, sender, recipient)
            reply = diagnosis.reply
    if failed and diagnosis:
        # After the goodbye: some servers take one connection of a client at a time.
        seconds = max(0.0, end - _FOR_THE_REPORT - time.monotonic())
        if diagnosis.cause in _OF_CERTIFICATES:
            chain = chain_of(failed.evidence.presented, failed.error)
        proposals, note = proposals_of(
            diagnosis.cause, failed, server, chain=chain, seconds=seconds, usual_ports=usual_ports
        )
        remedies = (*(proposal.sentence for proposal in proposals), diagnosis.remedy, note)
    return Report(
        delivered=diagnosis is None,
        diagnosis=diagnosis,
        stages=_complete(server, recorder.results),
        server=server,
        ip=session.server_ip,
        left_from=session.local_ip,
        message_id=message_id,
        queue_id=queue_id,
        reply=reply,
        transcript=tuple(session.transcript.lines),
        remedies=tuple(filter(None, remedies)),
        proposals=proposals,
        chain=chain,
    )


def not_tried(diagnosis: Diagnosis, server: Server | None, message_id: str) -> Report:
    """The report of a test that could not be made: every stage skipped."""
    stages = tuple(
        StageResult(stage, "skipped", None, "") for stage in (stages_of(server.tls_mode) if server else Stage)
    )
    return Report(False, diagnosis, stages, server, None, message_id, None, None, (), remedies=(diagnosis.remedy,))


def _complete(server: Server, results: dict[Stage, StageResult]) -> tuple[StageResult, ...]:
    return tuple(results.get(stage, StageResult(stage, "skipped", None, "")) for stage in stages_of(server.tls_mode))
