"""What people do with notifications on the list: each deed with what follows from it, as data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.log import record_many
from notifications import outbox
from notifications.models import Notification

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Deed:
    name: str
    label: Text
    # With those of these keys that it is possible for; gives them.
    perform: Callable[[Sequence[int]], list[Notification]]
    possible: Q
    impossible: Text
    # As the audit trail names it.
    action: str
    follows: tuple[Text, ...]
    asks: bool = False

    def do(self, keys: Sequence[int]) -> int:
        """With its entries in the audit trail, or not at all; says to how many."""
        with transaction.atomic():
            rows = self.perform(keys)
            record_many(self.action, ((f"{row.kind} to {row.recipient}", {}) for row in rows))
        return len(rows)


_DEEDS = (
    Deed(
        "send-again",
        _("Send again"),
        outbox.send_again_many,
        outbox.SENDABLE_AGAIN,
        _("already waiting or under way, or without an address"),
        "notification.sent_again",
        (
            _("Each goes out once more, to the address that it was made for; while mail is held it waits."),
            _("Who got it already gets it a second time."),
        ),
    ),
    Deed(
        "cancel",
        _("Do not send"),
        outbox.cancel_many,
        outbox.CANCELLABLE,
        _("already under way or ended"),
        "notification.cancelled",
        (
            _("They are not sent: nobody is told of what happened to their account."),
            _("Nothing is deleted: what was cancelled can be sent again."),
        ),
        asks=True,
    ),
)
DEEDS = {deed.name: deed for deed in _DEEDS}
