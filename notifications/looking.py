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

from audit.rows import rows_where
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

# So few of a state are found by its own index; of more, the newest are soon among all.
FEW = 1000


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
        condition, values = self._in_order()
        limits = [size, part.start]
        return rows_where(Notification, f"{condition} LIMIT %s OFFSET %s", [*values, *limits])

    def _in_order(self) -> tuple[str, list[Any]]:
        """What is asked for and in which order, so that the database need not look beyond what it shows."""
        order = "ASC" if self.criteria.sort == OLDEST_FIRST else "DESC"
        state = self.criteria.state
        if state and self.counts[state] <= FEW:
            condition, values = _condition(state, self.criteria)
            return f"id IN (SELECT id FROM {_TABLE} WHERE {condition} LIMIT {FEW}) ORDER BY id {order}", values  # noqa: S608  our own
        made, values = _made_within(self.criteria)
        condition = (f"state = '{state}'" if state else "TRUE") + made
        by_time = f"created_at {order}, " if values else ""
        return f"{condition} ORDER BY {by_time}id {order}", values

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


def _edge(criteria: Criteria) -> datetime | None:
    """When the oldest one was made that is looked at; None where all are."""
    since, until = criteria.period()
    made = Notification.objects.order_by("-created_at")
    if since:
        made = made.filter(created_at__gte=since)
    if until:
        made = made.filter(created_at__lt=until)
    beyond = list(made.values_list("created_at", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH + 1])
    return beyond[0] if len(beyond) > 1 else None


def _counted(criteria: Criteria) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(*_of_the_counts(criteria, timezone.get_current_timezone_name(), MOST + 1))
        return dict(zip(State.values, cursor.fetchone(), strict=True))


@lru_cache(maxsize=500)
def _of_the_counts(criteria: Criteria, _zone: str, most: int) -> tuple[str, list[Any]]:
    # By hand: putting it together anew each time would take longer than the database does.
    conditions = [_condition(state, criteria) for state in State]
    counts = ", ".join(_COUNT.format(condition, most) for condition, _values in conditions)
    return f"SELECT {counts}", [value for _condition, values in conditions for value in values]


def _condition(state: str, criteria: Criteria) -> tuple[str, list[Any]]:
    """Of this state and made within the period: in SQL, with the values in it."""
    known = _KNOWN.get(State(state), "")
    # SQLite would rather look through all of the period than through the few that are under way.
    aside = connection.vendor == "sqlite" and known == _UNDER_WAY
    within, values = _made_within(criteria, "COALESCE(created_at, created_at)" if aside else "created_at")
    return f"{known}state = '{state}'{within}", values


def _made_within(criteria: Criteria, made: str = "created_at") -> tuple[str, list[Any]]:
    limits = [(sign, at) for sign, at in zip((">=", "<"), criteria.period(), strict=True) if at]
    convert = connection.ops.adapt_datetimefield_value
    return "".join(f" AND {made} {sign} %s" for sign, _at in limits), [convert(at) for _sign, at in limits]
