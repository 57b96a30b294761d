"""A test e-mail through the real path: database, broker, worker, server.

What the form holds is stored with its password sealed; the password is wiped when the test has ended, the rest after an
hour. A worker that comes too late finds the test expired and does not connect.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from audit.correlation import current_id, following
from audit.log import record
from audit.rows import row_of
from notifications import messages, mime, outbox, pacing, worker
from notifications.advice import advice_of
from notifications.diagnosis import diagnosis_of
from notifications.diagnosis import sentence as _
from notifications.models import DeliveryTest
from notifications.operation import server_check
from notifications.people import language_of
from notifications.probe import Report, not_tried, probe
from notifications.servers import NotReady, destination_of, server_of
from notifications.smtp import Observer, Stage, StageResult
from notifications.smtp.alternatives import USUAL_PORTS
from notifications.stored_report import circumstances, stage_as_json, stored_form
from notifications.telling import languages
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)

WORKER_TIME = timedelta(seconds=15)  # within which a worker has to take the test
RUN_TIME = timedelta(seconds=45)  # within which it has ended, with something to spare over the probe's own deadline
KEPT = timedelta(hours=1)  # how long the form can be redrawn from it
LISTED, LISTED_FOR = 50, timedelta(days=30)  # how many results the page lists, and for how long
DEADLINE = 30.0  # seconds for the whole conversation

State = DeliveryTest.State


def start(candidate: SMTPSettings, recipient: str, user: Any = None) -> DeliveryTest:
    """Store a test of these settings, saved or not, and call a worker. Raises `pacing.TooMany` for a person's test."""
    begun = time.monotonic()
    with transaction.atomic():
        if user is not None:
            pacing.admit(user)
        test = DeliveryTest.objects.create(
            created_by=user,
            created_at=timezone.now(),
            recipient=recipient,
            correlation_id=current_id(),
            candidate={name: getattr(candidate, name) for name in (*SMTPSettings.FIELDS, "version")},
            password_sealed=candidate.password_sealed if candidate.authentication else "",
        )
        record("smtp_settings.tested", target=f"{candidate} to {recipient}", actor=user)
        transaction.on_commit(lambda: _call_worker(test, begun))
    return test


def _call_worker(test: DeliveryTest, begun: float) -> None:
    from notifications.tasks import run_delivery_test

    stored = time.monotonic()
    try:
        run_delivery_test.apply_async((str(test.pk),), retry=False, expires=WORKER_TIME.total_seconds())
    except Exception as error:  # whatever the broker's client raises
        logger.warning("The broker cannot be reached (%s): no worker can be called.", type(error).__name__)
        _expire(test, _("The broker that calls the workers cannot be reached."))
    handed = time.monotonic()
    DeliveryTest.objects.filter(pk=test.pk).update(
        stored_ms=(stored - begun) * 1000, handed_ms=(handed - stored) * 1000
    )


def candidate_of(test: DeliveryTest) -> SMTPSettings:
    """The settings under test, unsaved; the stored ones once the test's own have been wiped."""
    if not test.candidate:
        return SMTPSettings.load()
    return SMTPSettings(**test.candidate, password_sealed=test.password_sealed)


def run(test_id: uuid.UUID) -> None:
    """Walk the stages in this process and store each as it ends; nothing when the test is taken, ended or too old."""
    now = timezone.now()
    fresh = DeliveryTest.objects.filter(pk=test_id, state=State.WAITING, created_at__gt=now - WORKER_TIME)
    if not fresh.update(state=State.RUNNING, started_at=now, worker=worker.NAME):
        return
    test = DeliveryTest.objects.select_related("created_by").get(pk=test_id)
    with following(test.correlation_id):
        try:
            report = probe_settings(
                candidate_of(test), test.recipient, user=test.created_by, observer=_StoringObserver(test)
            )
        except BaseException:
            # A defect of ours must not leave the page waiting; it is in the log with its traceback.
            _end(test, None)
            raise
        _end(test, report)
        if report.delivered:
            server_check.prove(candidate_of(test))
        outcome = report.diagnosis.cause if report.diagnosis else "delivered"
        logger.info("Test %s ended: %s", test.pk, outcome, extra={"queue_id": report.queue_id})


def probe_settings(
    candidate: SMTPSettings, recipient: str, *, user: Any = None, observer: Observer | None = None
) -> Report:
    """The conversation itself, in this process."""
    message_id = outbox.new_message_id(candidate.sender)
    try:
        server = server_of(candidate)
    except NotReady as fault:
        return not_tried(fault.diagnosis, destination_of(candidate), message_id)
    language = language_of(user)
    with translation.override(language):
        content = messages.render_content("test", {"user": user})
    envelope = mime.Envelope(candidate.from_name, candidate.sender, recipient, message_id, language)
    message = mime.assemble(content, envelope)
    report = probe(
        server,
        candidate.sender,
        recipient,
        message,
        message_id=message_id,
        observer=observer,
        deadline=DEADLINE,
        usual_ports=USUAL_PORTS,
    )
    if report.diagnosis is None:
        return report
    cause, password = report.diagnosis.cause, server.password or ""
    return replace(report, advice={code: advice_of(cause, candidate, password) for code in languages()})


class _StoringObserver:
    """Writes each stage into the row, where the page looks."""

    def __init__(self, test: DeliveryTest) -> None:
        self.test = test
        self.stages: list[dict[str, Any]] = []

    def stage_started(self, stage: Stage) -> None:
        self._store([*self.stages, {"name": stage.value, "status": "running", "elapsed_ms": None, "detail": ""}])

    def stage_ended(self, result: StageResult) -> None:
        self.stages.append(stage_as_json(result))
        self._store(self.stages)

    def _store(self, stages: list[dict[str, Any]]) -> None:
        DeliveryTest.objects.filter(pk=self.test.pk).update(stages=stages)


def _end(test: DeliveryTest, report: Report | None) -> None:
    stored = None if report is None else stored_form(report) | {"ran": circumstances(report)}
    DeliveryTest.objects.filter(pk=test.pk).update(
        state=State.ENDED, ended_at=timezone.now(), report=stored, password_sealed=""
    )


def look(test_id: uuid.UUID) -> DeliveryTest:
    """The row as it is now; expired when no worker came in time, or the one that came has died."""
    test = row_of(DeliveryTest, test_id)
    if test is None:
        raise DeliveryTest.DoesNotExist
    now = timezone.now()
    too_late = test.state == State.WAITING and test.created_at <= now - WORKER_TIME
    died = test.state == State.RUNNING and test.started_at is not None and test.started_at <= now - RUN_TIME
    if too_late or died:
        _expire(test, _("A worker began the test and did not end it.") if died else "")
        test.refresh_from_db()
    return test


def _expire(test: DeliveryTest, detail: str) -> None:
    report = not_tried(diagnosis_of("worker.absent", detail=detail), destination_of(candidate_of(test)), "")
    DeliveryTest.objects.filter(pk=test.pk, state__in=[State.WAITING, State.RUNNING]).update(
        state=State.EXPIRED, ended_at=timezone.now(), report=stored_form(report), password_sealed=""
    )


def wait(test: DeliveryTest, pause: Callable[[], None], on_change: Callable[[DeliveryTest], None]) -> DeliveryTest:
    """Look until the test has ended, pausing in between."""
    while True:
        seen = look(test.pk)
        on_change(seen)
        if seen.ended_at is not None:
            return seen
        pause()


def sweep() -> None:
    """Wipe what is older than an hour (the values of the form, a password that no end has wiped); drop old results."""
    old = DeliveryTest.objects.filter(created_at__lt=timezone.now() - KEPT)
    old.exclude(candidate={}, password_sealed="").update(candidate={}, password_sealed="")
    last = list(DeliveryTest.objects.values_list("pk", flat=True)[:LISTED])
    # Those of the last minutes are counted by `pacing`, however many they are.
    still_counted = timezone.now() - max(KEPT, settings.TEST_WINDOW)
    DeliveryTest.objects.filter(created_at__lt=still_counted).exclude(pk__in=last).delete()
    DeliveryTest.objects.filter(created_at__lt=timezone.now() - LISTED_FOR).delete()
