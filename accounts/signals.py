"""What happens to an account, told to whoever listens, inside the transaction of the change.

Each signal is sent with `user`, `actor` (None for the system, or the person themselves before signing in), `ip`, `at`
and `event_id`, and with what the event adds. A receiver that fails undoes the change: the notification exists or the
change does not. `event_id` names the event, so that a signal handled twice makes no second message.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.utils import timezone

from audit.context import current

if TYPE_CHECKING:
    from accounts.models import User

account_created = Signal()
account_activated = Signal()
account_locked = Signal()  # reason, until
account_unlocked = Signal()  # reason
account_disabled = Signal()
account_enabled = Signal()
password_changed = Signal()
email_changed = Signal()  # old
link_requested = Signal()
link_shown = Signal()
password_reset_requested = Signal()

# Entered around the signals of a bulk operation: a receiver's module puts here what joins its work on each of them.
joiners: list[Callable[[], AbstractContextManager[None]]] = []


@contextmanager
def joined() -> Iterator[None]:
    """Around many announcements in one transaction: each is still sent, and what receivers write may go together."""
    with ExitStack() as stack:
        for joiner in joiners:
            stack.enter_context(joiner())
        yield


def announce(
    signal: Signal, user: "User", *, actor: "User | None" = None, at: datetime | None = None, **event: Any
) -> None:
    signal.send(
        sender=type(user),
        user=user,
        actor=actor,
        ip=current.get().ip,
        at=at or timezone.now(),
        event_id=uuid.uuid4(),
        **event,
    )
