"""How many e-mails of each of the last days were delivered, wait or failed; drawn as bars by the template.

The bars' measures are made here, in the units of the picture: `WIDTH` by `HEIGHT`, stretched to the place there is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, cast

from django.core.cache import caches
from django.core.cache.utils import make_template_fragment_key
from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import get_language_bidi

from audit.trail import midnight
from notifications.glance import Glance
from notifications.models import Notification

DAYS = 14
KEPT = 30  # seconds
WIDTH, HEIGHT = 700, 120
# Nothing that happened may be too small to be seen.
LEAST = 3.0

State = Notification.State
SHOWN = {"delivered": [State.DELIVERED], "waiting": Notification.OPEN, "failed": [State.FAILED, State.EXPIRED]}


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    delivered: int = 0
    waiting: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.delivered + self.waiting + self.failed


@dataclass(frozen=True)
class Chart:
    days: tuple[Day, ...]

    @cached_property
    def told(self) -> str:
        """All that it says, in short."""
        return repr(self.days)

    @property
    def totals(self) -> Day:
        counts = {name: sum(getattr(day, name) for day in self.days) for name in SHOWN}
        return Day(self.last, **counts)

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def highest(self) -> int:
        return max(day.total for day in self.days)

    def bars(self) -> Iterator[Bar]:
        """Stacked: what was delivered below, what failed on top; the newest day where a reader's line ends."""
        place = WIDTH / len(self.days)
        days = self.days[::-1] if get_language_bidi() else self.days
        for number, day in enumerate(days):
            top = float(HEIGHT)
            for name in SHOWN:
                if count := getattr(day, name):
                    # Room is left for the least of the others, so that no bar leaves the picture.
                    height = LEAST + count / self.highest * (HEIGHT - LEAST * len(SHOWN))
                    top -= height
                    yield Bar(
                        name, round(number * place + place * 0.2, 1), round(top, 1), place * 0.6, round(height, 1)
                    )


def lately(seen: Glance, *, counted_at_each: bool) -> Chart:
    """`of_the_last_days`, `KEPT` seconds old at most; `counted_at_each`: counted anew at each delivery."""
    figures = (seen.waiting, seen.failed, seen.last_delivered if counted_at_each else None)
    name = make_template_fragment_key("days", [timezone.get_current_timezone_name(), timezone.localdate(), *figures])
    return cast(Chart, caches["template_fragments"].get_or_set(name, of_the_last_days, KEPT))


def of_the_last_days() -> Chart:
    today = timezone.localdate()
    days = [today - timedelta(days=number) for number in reversed(range(DAYS))]
    with connection.cursor() as cursor:
        cursor.execute(*_statement(days[0], timezone.get_current_timezone_name()))
        counts = {_day_of(day): numbers for day, *numbers in cursor.fetchall()}
    return Chart(tuple(Day(day, *counts.get(day, ())) for day in days))


@lru_cache(maxsize=100)
def _statement(first: date, _zone: str) -> tuple[str, tuple[Any, ...]]:
    """Put together once: that takes Django longer than it takes the database."""
    made = Notification.objects.filter(created_at__gte=midnight(first)).annotate(day=TruncDate("created_at"))
    counts = {name: Count("pk", filter=Q(state__in=states)) for name, states in SHOWN.items()}
    return made.order_by().values("day").annotate(**counts).values_list("day", *counts).query.sql_with_params()


def _day_of(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
