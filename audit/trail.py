"""Looking into the audit trail: what is asked for, and one page of it, newest first.

A page costs the same however long the trail is: it begins at an entry, not at a number of entries, counts nothing, and
a search looks through so many entries at a time and then says how far back it came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audit.models import Entry, EntryQuerySet
from audit.rows import Rows

PAGE = 50
# How many entries a search for a text looks through before it asks whether to go on.
LOOKED_THROUGH = 100_000
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Criteria:
    text: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None

    def parameters(self) -> dict[str, str]:
        """What was asked for, as an address or a form says it."""
        asked = {"q": self.text, "action": self.action, "since": self.since, "until": self.until}
        return {name: str(value) for name, value in asked.items() if value}

    def entries(self) -> EntryQuerySet:
        """What the indexes find; the text is left to `search`."""
        found = Entry.objects.all()
        if self.action:
            found = found.filter(action=self.action)
        if self.since:
            found = found.filter(at__gte=midnight(self.since))
        if self.until:
            found = found.filter(at__lt=midnight(self.until + timedelta(days=1)))
        return found

    def search(self, entries: EntryQuerySet) -> EntryQuerySet:
        if not self.text:
            return entries
        wanted = Q()
        for column in ("actor_name", "target", "action", "ip"):
            wanted |= Q(**{f"{column}__icontains": self.text})
        return entries.filter(wanted)


@dataclass(frozen=True, slots=True)
class Page:
    entries: Sequence[Entry]
    # Where the next older page begins; None at the end of the trail.
    before: int | None = None
    # How far back a search came that has not seen everything.
    looked_back_to: datetime | None = None


def page(criteria: Criteria, before: int | None = None) -> Page:
    """The newest entries that are older than the entry `before`."""
    if before is None and not criteria.text:
        newest = Rows(Entry, *_statement_of_the_newest(criteria, timezone.get_current_timezone_name()))
        if len(newest) <= PAGE:
            return Page(newest)
        newest = newest.cut(PAGE)
        return Page(newest, before=newest.raw[-1][0])
    pool = _older_than(criteria.entries(), before)
    edge = None
    if criteria.text:
        edge = pool.only("at")[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
        if edge is not None:
            pool = pool.filter(at__gte=edge.at).filter(Q(at__gt=edge.at) | Q(pk__gte=edge.pk))
    found = list(criteria.search(pool)[: PAGE + 1])
    if len(found) > PAGE:
        return Page(found[:PAGE], before=found[PAGE - 1].pk)
    if edge is not None:
        return Page(found, before=edge.pk, looked_back_to=edge.at)
    return Page(found)


@lru_cache(maxsize=500)
def _statement_of_the_newest(criteria: Criteria, _zone: str) -> tuple[str, tuple[Any, ...]]:
    """Put together once for each address of the page, since a day of it is one of the reader's time zone."""
    return criteria.entries()[: PAGE + 1].query.sql_with_params()


def everything(criteria: Criteria) -> Iterator[Entry]:
    """Every entry that fits, newest first, in batches: neither the memory nor one statement grows with the trail."""
    before = None
    while batch := list(criteria.search(_older_than(criteria.entries(), before))[:BATCH]):
        yield from batch
        before = batch[-1].pk


def _older_than(entries: EntryQuerySet, before: int | None) -> EntryQuerySet:
    edge = Entry.objects.only("at").filter(pk=before).first() if before is not None else None
    if edge is None:
        return entries
    # Both conditions: the first one is what an index can use.
    return entries.filter(at__lte=edge.at).filter(Q(at__lt=edge.at) | Q(pk__lt=edge.pk))


def bounds(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """When these days begin, and when they are over."""
    return midnight(since) if since else None, midnight(until + timedelta(days=1)) if until else None


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
