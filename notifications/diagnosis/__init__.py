"""What a failed delivery means: its cause, in plain words with the evidence, and what to change where.

Knows the conversation in `notifications.smtp`, nothing else of the project. What a cause stops is its scope; acting
on it is left to the delivery.
"""

from __future__ import annotations

from dataclasses import dataclass

from notifications.diagnosis.catalogue import CAUSES
from notifications.diagnosis.cause import Cause
from notifications.diagnosis.errors import cause_of_error
from notifications.diagnosis.facts import Facts, facts_of
from notifications.diagnosis.replies import cause_of_reply
from notifications.diagnosis.sentence import Sentence, sentence, told
from notifications.diagnosis.sentence import sentence as _
from notifications.smtp.failure import BadAddress, SessionFailure, SMTPUTF8NotOffered
from notifications.smtp.values import Reply, Server

__all__ = ["CAUSES", "Cause", "Diagnosis", "Sentence", "diagnose", "diagnosis_of", "sentence", "told"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`temporary`: the same attempt may pass later, without anything being changed."""

    cause: str
    scope: str
    stage: str | None
    title: Sentence
    explanation: Sentence
    remedy: Sentence
    reply: Reply | None
    temporary: bool


def diagnose(failure: SessionFailure, server: Server, sender: str = "", recipient: str = "") -> Diagnosis:
    """Names exactly one cause, whatever the server did."""
    reply = failure.reply
    code = cause_of_error(failure) if reply is None else cause_of_reply(failure, reply, server)
    hopeless = isinstance(failure.error, BadAddress | SMTPUTF8NotOffered)
    temporary = reply.temporary if reply else not hopeless
    facts = facts_of(failure, server, sender, recipient)
    return _filled(CAUSES[code], facts, stage=str(failure.stage), reply=reply, temporary=temporary)


def diagnosis_of(code: str, **facts: str) -> Diagnosis:
    """For causes that no session found: `settings.*`, `worker.absent`. The fact `detail` is a sentence to be added."""
    known = Facts(facts)
    if detail := facts.get("detail"):
        known["detail"] = Sentence(" {detail}", {"detail": detail})
    if "address" in facts and "port" in facts:
        known["at"] = _("{address} port {port}", address=facts["address"], port=facts["port"])
    return _filled(CAUSES[code], known, stage=None, reply=None, temporary=code == "worker.absent")


def _filled(cause: Cause, facts: Facts, *, stage: str | None, reply: Reply | None, temporary: bool) -> Diagnosis:
    return Diagnosis(
        cause=cause.code,
        scope=cause.scope,
        stage=stage,
        title=Sentence(cause.title, {}),
        explanation=Sentence(cause.explanation, facts),
        remedy=Sentence(cause.remedy, facts),
        reply=reply,
        temporary=temporary,
    )
