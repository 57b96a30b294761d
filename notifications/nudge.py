"""The nudge after a commit: tells the workers to look now. A lost one costs seconds, because beat looks too."""

import logging
import time
import uuid

from django.db import connection, transaction

logger = logging.getLogger(__name__)

SILENCE = 5.0  # seconds without a nudge after one has failed

_silent_until = 0.0


def on_commit() -> None:
    """Nudge once when the running transaction is committed, however many notifications it makes."""
    if not any(entry[1] is nudge for entry in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    """Never an error for the caller, and never a wait of more than the broker's connect timeout."""
    global _silent_until
    from notifications.tasks import deliver_due

    if time.monotonic() < _silent_until:
        return
    try:
        deliver_due.apply_async(retry=False, expires=60)
    except Exception as error:  # whatever the broker's client raises: beat looks too
        _silent_until = time.monotonic() + SILENCE
        logger.warning("The broker cannot be reached (%s); deliveries start when beat looks.", type(error).__name__)


def tell_of_change(event_id: uuid.UUID) -> None:
    """The same for the settings of before a change, which have a head start."""
    from notifications.tasks import tell_of_change as task

    try:
        task.apply_async((str(event_id),), retry=False, expires=30)
    except Exception as error:  # whatever the broker's client raises: the new settings deliver it then
        logger.warning("The broker cannot be reached (%s); the new settings tell of the change.", type(error).__name__)
