"""How many attempts ended how, and how long messages took: counters that never fall, cheap however many rows there are.

Attempts are counted once and remembered as a sum; only those of the last minute are counted at each question, since a
transaction that is still open may add to them. Nothing is counted where messages are delivered: that is to be fast.
"""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q, Sum
from django.utils import timezone

from notifications.models import Attempt
from notifications.operation.models import Figures

# Seconds from the event to the server's acceptance. The promise is one second; what is held takes minutes or hours.
BUCKETS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)
# Longer than any transaction that settles attempts is open.
SETTLED = timedelta(minutes=1)


@dataclass(slots=True)
class Totals:
    attempts: dict[str, int] = field(default_factory=dict)  # "outcome cause"
    within: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    delivered: int = 0
    seconds: float = 0.0
    # The newest settings with which a message was accepted.
    proven_version: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        keys = [*self.attempts, *(key for key in other.attempts if key not in self.attempts)]
        return Totals(
            {key: self.attempts.get(key, 0) + other.attempts.get(key, 0) for key in keys},
            [mine + others for mine, others in zip(self.within, other.within, strict=True)],
            self.delivered + other.delivered,
            self.seconds + other.seconds,
            max(self.proven_version, other.proven_version),
        )

    def at_least(self, other: "Totals") -> "Totals":
        keys = [*self.attempts, *(key for key in other.attempts if key not in self.attempts)]
        return Totals(
            {key: max(self.attempts.get(key, 0), other.attempts.get(key, 0)) for key in keys},
            [max(pair) for pair in zip(self.within, other.within, strict=True)],
            max(self.delivered, other.delivered),
            max(self.seconds, other.seconds),
            max(self.proven_version, other.proven_version),
        )


def totals() -> Totals:
    """As of now, and never less than somebody was told before, whatever was deleted meanwhile."""
    try:
        with transaction.atomic():
            row = _row()
            found = _now(row).at_least(Totals(**row.told))
            row.told = asdict(found)
            row.save(update_fields=["told"])
    except DatabaseError:  # it takes no changes: the figures are wanted then most of all
        return _now(Figures.objects.filter(pk=Figures.PK).first() or Figures())
    return found


def fold() -> None:
    """Add what no open transaction can add to any more to the sum."""
    with transaction.atomic():
        row = _row()
        fresh = Attempt.objects.filter(pk__gt=row.upto)
        young = fresh.filter(at__gte=timezone.now() - SETTLED).order_by("pk").values_list("pk", flat=True).first()
        upto = young - 1 if young else fresh.aggregate(last=Max("pk"))["last"]
        if upto and upto > row.upto:
            row.counted = asdict(Totals(**row.counted) + _count(row.upto, upto))
            row.upto = upto
            row.save(update_fields=["counted", "upto"])


def _row() -> Figures:
    Figures.objects.bulk_create([Figures()], ignore_conflicts=True)
    return Figures.objects.select_for_update().get(pk=Figures.PK)


def _now(row: Figures) -> Totals:
    return Totals(**row.counted) + _count(row.upto)


def _count(after: int, upto: int | None = None) -> Totals:
    attempts = Attempt.objects.filter(pk__gt=after).order_by()
    if upto is not None:
        attempts = attempts.filter(pk__lte=upto)
    found = Totals()
    for outcome, cause, count in attempts.values_list("outcome", "cause").annotate(count=Count("pk")):
        found.attempts[f"{outcome} {cause}"] = count
    delivered = attempts.filter(outcome=Attempt.Outcome.DELIVERED).annotate(took=_TOOK)
    columns: dict[str, Any] = {
        f"within_{place}": Count("pk", filter=Q(took__lte=timedelta(seconds=limit)))
        for place, limit in enumerate(BUCKETS)
    }
    row = delivered.aggregate(count=Count("pk"), sum=Sum("took"), version=Max("settings_version"), **columns)
    found.within = [row[name] for name in columns]
    found.delivered = row["count"]
    found.seconds = row["sum"].total_seconds() if row["sum"] else 0.0
    found.proven_version = row["version"] or 0
    return found


_TOOK = ExpressionWrapper(F("at") - F("notification__created_at"), output_field=DurationField())
