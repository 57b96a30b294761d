"""Looking through the outbox: what is asked for, as the address of the list says it, and what fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from audit.trail import bounds, midnight
from notifications.models import Notification

BATCH = 1000
# From the newest on, unless asked for the other way round.
OLDEST_FIRST = "oldest"


@dataclass(frozen=True, slots=True)
class Criteria:
    q: str = ""
    state: str = ""
    kind: str = ""
    # A cause, or how causes begin: "tls." means all of them.
    cause: str = ""
    unknown: bool = False
    since: date | None = None
    until: date | None = None
    # Where a search goes on that has looked through as many as it does at once.
    before: datetime | None = None
    sort: str = ""

    def parameters(self) -> dict[str, str]:
        """What was asked for, as an address or a form says it."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        return {name: "1" if value is True else str(value) for name, value in asked.items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.parameters().keys() - {"sort"})

    def rows(self) -> QuerySet[Notification]:
        found = self.of_every_state()
        if self.state:
            found = found.filter(state=self.state)
        return found.order_by("pk" if self.sort == OLDEST_FIRST else "-pk")

    def of_every_state(self) -> QuerySet[Notification]:
        wanted = Q(cause__startswith=self.cause) if self.cause else Q()
        if self.q:
            wanted &= Q(recipient__icontains=self.q) | Q(message_id__icontains=self.q) | Q(queue_id=self.q)
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.unknown:
            wanted &= Q(outcome_unknown=True, state__in=Notification.OPEN)
        if self.since:
            wanted &= Q(created_at__gte=midnight(self.since))
        if self.until:
            wanted &= Q(created_at__lt=midnight(self.until + timedelta(days=1)))
        if self.before:
            wanted &= Q(created_at__lt=self.before)
        return Notification.objects.filter(wanted)

    def period(self) -> tuple[datetime | None, datetime | None]:
        """When those begin that are looked at, and when they are over."""
        since, until = bounds(self.since, self.until)
        return since, min(filter(None, (until, self.before)), default=None)

    @property
    def looks_through(self) -> bool:
        """Whether each e-mail has to be looked at, for want of an index that finds them."""
        return bool(self.q or self.kind or self.cause or self.unknown)


def batches(found: QuerySet[Notification]) -> Iterator[list[Notification]]:
    """All of them, newest first: neither the memory nor one statement grows with their number."""
    found = found.order_by("-pk")
    batch = list(found[:BATCH])
    while batch:
        yield batch
        batch = list(found.filter(pk__lt=batch[-1].pk)[:BATCH])
