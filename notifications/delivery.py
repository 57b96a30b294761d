"""Delivering what is due: claim a batch, render it, hand it to a session, settle each message as its reply comes.

What a failure stops follows from the scope of its cause (`diagnosis/`): the queue is held, one message waits or ends,
or another connection is tried. Nothing here decides what a reply means.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from notifications import messages, outbox, queue
from notifications.diagnosis import Diagnosis, diagnose
from notifications.models import Attempt, Notification
from notifications.servers import NotReady, server_of
from notifications.smtp import Accepted, Envelope, Outcome, Server, Session, SessionFailure
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)

SLICE = 20.0  # seconds after which a worker looks up: a stop is then never far away
BREAKS_THAT_HOLD = 3  # connections that broke in a row, each under another message
REFUSALS_THAT_HOLD = 10  # different messages refused in a row for the same cause
WORKER = f"{socket.gethostname()}:{os.getpid()}"


@dataclass(slots=True)
class Summary:
    delivered: int = 0
    failed: int = 0
    deferred: int = 0
    held: bool = False


@dataclass(slots=True)
class _Streak:
    """What went wrong in a row, without a success in between."""

    breaks: int = 0
    cause: str = ""
    refused: set[int] = field(default_factory=set)

    def end(self) -> None:
        self.breaks, self.cause = 0, ""
        self.refused.clear()

    def refuse(self, cause: str, key: int) -> bool:
        """True when so many were refused for one cause that it cannot be the messages' fault."""
        if cause != self.cause:
            self.cause = cause
            self.refused.clear()
        self.refused.add(key)
        return len(self.refused) >= REFUSALS_THAT_HOLD


def deliver_due(seconds: float = SLICE, *, progress: Callable[[Summary], None] | None = None) -> Summary:
    """Deliver what is due, for about so many seconds; a held queue is tried when its next trial is due."""
    return _Run(seconds, progress).deliver()


def more_is_due() -> bool:
    return Notification.objects.filter(outbox.due(timezone.now())).exists()


class _Run:
    """One look at the outbox: the state that a batch hands to the next."""

    def __init__(self, seconds: float, progress: Callable[[Summary], None] | None) -> None:
        self.deadline = time.monotonic() + seconds
        self.summary = Summary()
        self.streak = _Streak()
        self.progress = progress or (lambda _summary: None)
        self.saved = SMTPSettings.load()
        self.broken_by: Diagnosis | None = None

    def deliver(self) -> Summary:
        if not more_is_due():
            return self.summary
        if not queue.may_deliver():
            self.summary.held = True
            return self.summary
        try:
            server = server_of(self.saved)
        except NotReady as fault:
            self._hold(fault.diagnosis)
            return self.summary
        while not self.summary.held and time.monotonic() < self.deadline:
            if not self._over_one_connection(server):
                break
        return self.summary

    def _over_one_connection(self, server: Server) -> bool:
        """Batches until nothing is due, the time is up or the connection ends; False when nothing is left to do."""
        rows = self._claim()
        if not rows:
            return False
        with Session(server) as session:
            try:
                session.open()
            except SessionFailure as failure:
                self._give_back(rows)
                self._hold(diagnose(failure, server, self.saved.sender))
                return False
            while rows:
                self._deliver_batch(session, server, rows)
                self._count_break()
                if not session.usable or self.summary.held or time.monotonic() >= self.deadline:
                    return True
                rows = self._claim()
        return False

    def _claim(self) -> list[Notification]:
        """While the queue is held one message goes first, and the others follow when it has arrived."""
        return outbox.claim(1 if queue.held() else outbox.BATCH)

    def _deliver_batch(self, session: Session, server: Server, rows: list[Notification]) -> None:
        by_key = {str(row.pk): row for row in rows}
        try:
            for outcome in session.deliver_many(self._envelopes(rows)):
                self._settle(by_key[str(outcome.key)], outcome, session, server)
                self.progress(self.summary)
                if self.summary.held:
                    break
        finally:
            self._give_back(rows)

    def _envelopes(self, rows: Iterable[Notification]) -> Iterator[Envelope]:
        for row in rows:
            try:
                message = self._message(row)
            except Exception as error:
                # One message that cannot be made must not keep the others from leaving.
                logger.exception("Notification %s (%s) cannot be rendered", row.pk, row.kind)
                reply = f"The message could not be made: {type(error).__name__}"
                outbox.settle_deferred(row, self._attempt(Attempt.Outcome.DEFERRED, reply=reply))
                self.summary.deferred += 1
                continue
            yield Envelope(key=str(row.pk), sender=self.saved.sender, recipient=row.recipient, message=message)

    def _message(self, row: Notification) -> bytes:
        envelope = messages.Envelope(
            self.saved.from_name, self.saved.sender, row.recipient, row.message_id, row.language
        )
        return messages.assemble(messages.render(row), envelope)

    def _settle(self, row: Notification, outcome: Outcome, session: Session, server: Server) -> None:
        server_name = f"{server.address}:{server.port} ({session.server_ip})"
        if outcome.accepted is not None:
            self._settle_accepted(row, outcome.accepted, server_name)
            return
        if outcome.failure is None:
            return
        failure = outcome.failure
        diagnosis = diagnose(failure, server, self.saved.sender, row.recipient)
        attempt = self._attempt(
            Attempt.Outcome.REFUSED,
            server=server_name,
            stage=diagnosis.stage or "",
            cause=diagnosis.cause,
            reply=str(diagnosis.reply or diagnosis.explanation),
        )
        logger.warning("Notification %s not delivered: %s", row.pk, diagnosis.cause)
        match diagnosis.scope:
            case "queue":
                attempt.outcome = Attempt.Outcome.HELD
                outbox.settle_held(row, attempt)
                self._hold(diagnosis)
            case "connection":
                self._settle_broken(row, attempt, diagnosis, maybe_accepted=failure.maybe_accepted)
            case _:
                self._settle_refused(row, attempt, diagnosis)

    def _settle_accepted(self, row: Notification, accepted: Accepted, server_name: str) -> None:
        attempt = self._attempt(
            Attempt.Outcome.DELIVERED,
            server=server_name,
            reply=str(accepted.reply),
            queue_id=accepted.queue_id or "",
        )
        outbox.settle_delivered(row, attempt)
        self.summary.delivered += 1
        self.streak.end()
        if queue.held():
            queue.release()

    def _settle_broken(
        self, row: Notification, attempt: Attempt, diagnosis: Diagnosis, *, maybe_accepted: bool
    ) -> None:
        attempt.outcome = Attempt.Outcome.UNKNOWN if maybe_accepted else Attempt.Outcome.DEFERRED
        self.broken_by = diagnosis
        if row.breaks == 0:
            outbox.settle_broken(row, attempt)
        else:
            outbox.settle_deferred(row, attempt)
            self.summary.deferred += 1

    def _count_break(self) -> None:
        """One for each connection, however many messages were on their way over it."""
        if self.broken_by is None:
            return
        self.streak.breaks += 1
        if self.streak.breaks >= BREAKS_THAT_HOLD:
            self._hold(self.broken_by)
        self.broken_by = None

    def _settle_refused(self, row: Notification, attempt: Attempt, diagnosis: Diagnosis) -> None:
        if self.streak.refuse(diagnosis.cause, row.pk):
            attempt.outcome = Attempt.Outcome.HELD
            outbox.settle_held(row, attempt)
            self._hold(diagnosis)
        elif diagnosis.temporary:
            attempt.outcome = Attempt.Outcome.DEFERRED
            outbox.settle_deferred(row, attempt)
            self.summary.deferred += 1
        else:
            outbox.settle_failed(row, attempt)
            self.summary.failed += 1

    def _attempt(self, outcome: Attempt.Outcome, **values: str) -> Attempt:
        return Attempt(at=timezone.now(), outcome=outcome, worker=WORKER, settings_version=self.saved.version, **values)

    def _hold(self, diagnosis: Diagnosis) -> None:
        logger.error("Mail is held: %s (%s)", diagnosis.title, diagnosis.cause)
        queue.hold(diagnosis)
        self.summary.held = True

    def _give_back(self, rows: list[Notification]) -> None:
        token = rows[0].lease_token
        if token is not None:
            outbox.give_back(token)
