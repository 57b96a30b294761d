"""What Celery calls. Thin: the database says what is to be done, and every task may run twice harmlessly."""

import uuid

from celery import shared_task

from notifications import delivery, delivery_test, nudge
from notifications.operation import heartbeats
from settings_app.models import SMTPSettings


@shared_task(name="notifications.tasks.deliver_due")
def deliver_due() -> None:
    """Deliver for one slice of time; what is left then is the next task's."""
    heartbeats.uses(delivery.WORKER, SMTPSettings.load().version)
    summary = delivery.deliver_due()
    if summary.delivered and not summary.held and delivery.more_is_due():
        nudge.nudge()


@shared_task(name="notifications.tasks.run_delivery_test")
def run_delivery_test(test_id: str) -> None:
    delivery_test.run(uuid.UUID(test_id))


@shared_task(name="notifications.tasks.sweep")
def sweep() -> None:
    """Wipe what tests have left behind, and forget workers that are long gone."""
    delivery_test.sweep()
    heartbeats.prune()
