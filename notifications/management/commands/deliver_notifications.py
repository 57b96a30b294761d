"""`manage.py deliver_notifications`: deliver what is due now, in this process.

Exit status: 0 when nothing that is due is left, 1 otherwise.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications import delivery, queue


class Command(BaseCommand):
    help = "Delivers the notifications that are due now, in this process."

    def handle(self, **_options: Any) -> None:
        delivered = failed = deferred = 0
        while True:
            summary = delivery.deliver_due(progress=self._show)
            delivered, failed, deferred = (
                delivered + summary.delivered,
                failed + summary.failed,
                deferred + summary.deferred,
            )
            if summary.held or not delivery.more_is_due():
                break
        self.stdout.write(f"Delivered {delivered}, failed {failed}, to be tried again {deferred}.")
        if delivery.more_is_due():
            status = queue.status()
            raise CommandError(
                f"{status.waiting} waiting; mail is held: {status.title}. {status.explanation} {status.remedy}".strip(),
                returncode=1,
            )

    def _show(self, summary: delivery.Summary) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\rDelivered {summary.delivered} ...", ending="")
            self.stdout.flush()
