"""Putting away what is older than AUDIT_RETENTION_DAYS, where that is set; each time is itself an entry.

In small batches, each a transaction of its own with its entry: nobody who writes the trail waits for it.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.append_only import PRUNING
from audit.log import record
from audit.models import Entry

BATCH = 1000


def prune() -> int:
    """Put one batch away; how many entries that were, 0 when nothing is left that is old enough."""
    if not settings.AUDIT_RETENTION:
        return 0
    return _put_away(timezone.now() - settings.AUDIT_RETENTION)


@transaction.atomic
def _put_away(before: datetime) -> int:
    oldest = list(Entry.objects.filter(at__lt=before).order_by("at", "pk").values_list("pk", flat=True)[:BATCH])
    if not oldest:
        return 0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(PRUNING)
    # Past the refusal of Entry's own query sets; the database looks again how old each of them is.
    number, _each = QuerySet.delete(Entry.objects.filter(pk__in=oldest))
    if number:
        record("audit_trail.pruned", changes={"entries": number, "before": before.isoformat(timespec="seconds")})
    return number
