"""What Celery calls. Thin: the database says what is to be done, and every task may run twice harmlessly."""

import logging
import uuid

from celery import current_app, shared_task
from django.db import InterfaceError, OperationalError

from notifications import change_notice, delivery, delivery_test, leases, nudge, outbox, stopping, worker
from notifications.operation import figures, heartbeats, server_check
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)


@shared_task(name="notifications.tasks.deliver_due")
def deliver_due() -> None:
    """Deliver for one slice of time; what is left then is the next task's."""
    try:
        heartbeats.uses(worker.NAME, SMTPSettings.current_version())
        summary = delivery.deliver_due(stop=stopping.told, keep_open=not current_app.conf.task_always_eager)
        more = summary.delivered and not summary.held and delivery.more_is_due()
    except (OperationalError, InterfaceError) as error:
        # Nothing is lost: what was leased is free when its lease ends.
        logger.error(  # noqa: TRY400  the sentence says it all
            "The database cannot be reached (%s); deliveries go on when it is back.", type(error).__name__
        )
        return
    if more:
        nudge.nudge()


@shared_task(name="notifications.tasks.run_delivery_test")
def run_delivery_test(test_id: str) -> None:
    delivery_test.run(uuid.UUID(test_id))


@shared_task(name="notifications.tasks.check_server")
def check_server() -> None:
    """Sign in to the server without sending, where it is time."""
    server_check.run_if_due()


@shared_task(name="notifications.tasks.tell_of_change")
def tell_of_change(event_id: str) -> None:
    """Tell of a change of the settings, by the ones of before."""
    change_notice.deliver(uuid.UUID(event_id))


@shared_task(name="notifications.tasks.sweep")
def sweep() -> None:
    """Put away what is over: what tests have left behind, what nobody needs any more, what a wrong clock has left."""
    delivery_test.sweep()
    change_notice.sweep()
    heartbeats.prune()
    outbox.expire()
    leases.mend_times()
    figures.fold()  # before what it counts is put away
    for _ in range(20):
        if not outbox.prune():
            break
