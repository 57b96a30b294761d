"""A look into the outbox that costs the same however much was ever sent: what fits, and how many are in which state.

Without a search each state is counted up to `MOST`, by its index. A search has to look at the e-mails one by one: it
looks through so many, from the newest on, and then says how far back it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import number_format

from audit.rows import Rows
from audit.trail import bounds
from notifications.models import Notification
from notifications.search import OLDEST_FIRST, Criteria

MOST = 10_000
LOOKED_THROUGH = 100_000

State = Notification.State
_TABLE = Notification._meta.db_table
# As the conditions of the indexes say it, for which the planner has to recognise them.
_ENDED_OTHERWISE = "state IN ('cancelled', 'expired', 'suppressed') AND "
_UNDER_WAY = "state IN ('waiting', 'sending') AND "
_KNOWN = {
    State.WAITING: _UNDER_WAY,
    State.SENDING: _UNDER_WAY,
    State.CANCELLED: _ENDED_OTHERWISE,
    State.EXPIRED: _ENDED_OTHERWISE,
    State.SUPPRESSED: _ENDED_OTHERWISE,
}
_COUNT = f"(SELECT COUNT(*) FROM (SELECT 1 FROM {_TABLE} WHERE {{}} LIMIT {{}}) AS found)"  # noqa: S608  our own


@dataclass(frozen=True, slots=True)
class Found:
    criteria: Criteria
    counts: dict[str, int]
    # How far a search came that has not seen everything.
    looked_back_to: datetime | None = None

    def page(self, number: int, size: int) -> Sequence[Notification]:
        """One page of the list, the first being 1."""
        part = slice((number - 1) * size, number * size)
        if self.criteria.looks_through:
            return list(self._looked_through()[part])
        zone = timezone.get_current_timezone_name()
        return Rows(Notification, *_statement(self.criteria, zone, part.start, part.stop))

    def _looked_through(self) -> QuerySet[Notification]:
        rows = self.criteria.rows()
        if self.looked_back_to is None:
            return rows
        # By the column of the edge's index, or the database might look for them beyond it all the same.
        before = "" if self.criteria.sort == OLDEST_FIRST else "-"
        return rows.filter(created_at__gte=self.looked_back_to).order_by(f"{before}created_at", f"{before}pk")

    def number(self, state: str) -> int:
        """At least so many; of every state where none is named."""
        return self.counts.get(state, 0) if state else sum(self.counts.values())

    def more(self, state: str) -> bool:
        """Whether there may be more of them than were counted."""
        if self.looked_back_to is not None:
            return True
        return any(number > MOST for name, number in self.counts.items() if state in ("", name))

    def shown(self, state: str) -> int:
        """How many the list leads to."""
        return self.number(state) if self.looked_back_to else min(self.number(state), MOST)

    def said(self, state: str) -> str:
        """The number as the page says it: "10,000+" where it was counted no further."""
        grouped = number_format(self.shown(state), use_l10n=True, force_grouping=True)
        return f"{grouped}+" if self.more(state) or self.number(state) > self.shown(state) else grouped


def look(criteria: Criteria) -> Found:
    if not criteria.looks_through:
        return Found(criteria, _counted(criteria))
    every, edge = criteria.of_every_state(), _edge(criteria)
    if edge is not None:
        every = every.filter(created_at__gte=edge)
    return Found(criteria, dict(every.values_list("state").annotate(Count("pk")).order_by()), edge)


@lru_cache(maxsize=500)
def _statement(criteria: Criteria, _zone: str, first: int, last: int) -> tuple[str, tuple[Any, ...]]:
    """Put together once for each address of the list, since a day of it is one of the reader's time zone."""
    return criteria.rows()[first:last].query.sql_with_params()


def _edge(criteria: Criteria) -> datetime | None:
    """When the oldest one was made that is looked at; None where all are."""
    since, until = bounds(criteria.since, criteria.until)
    made = Notification.objects.order_by("-created_at")
    if since:
        made = made.filter(created_at__gte=since)
    if until:
        made = made.filter(created_at__lt=until)
    beyond = list(made.values_list("created_at", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH + 1])
    return beyond[0] if len(beyond) > 1 else None


def _counted(criteria: Criteria) -> dict[str, int]:
    # By hand: putting it together anew each time would take longer than the database does.
    since, until = bounds(criteria.since, criteria.until)
    convert = connection.ops.adapt_datetimefield_value
    period = [(f" AND created_at {sign} %s", convert(at)) for sign, at in ((">=", since), ("<", until)) if at]
    within = "".join(condition for condition, _at in period)
    counts = ", ".join(
        _COUNT.format(_KNOWN.get(state, "") + f"state = '{state}'" + within, MOST + 1) for state in State
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [at for _condition, at in period] * len(State))
        return dict(zip(State.values, cursor.fetchone(), strict=True))
