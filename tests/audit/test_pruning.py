"""Old entries of the audit trail are put away where an operator says so; `test_on_postgresql.py` runs it there too."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from audit import append_only, pruning, tasks
from audit.models import Entry
from paragon_smtp.environment import Environment
from tests.audit.conftest import Write

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def trail(write: Write) -> Iterator[list[Entry]]:
    """Seven entries, the oldest first, in a database that refuses to change them."""
    entries = [write(ago=days * DAY) for days in (900, 800, 700, 600, 500, 370, 10)]
    with connection.schema_editor() as editor:
        append_only.forbid(None, editor)
    yield entries
    with connection.schema_editor() as editor:
        append_only.allow(None, editor)


def left() -> set[int]:
    return set(Entry.objects.exclude(action="audit_trail.pruned").values_list("pk", flat=True))


def test_nothing_is_put_away_unless_somebody_says_so(trail: list[Entry]) -> None:
    tasks.prune()
    assert left() == {entry.pk for entry in trail}


def test_what_is_old_is_put_away_in_batches_and_each_says_so(
    trail: list[Entry], settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUDIT_RETENTION = 450 * DAY
    monkeypatch.setattr(pruning, "BATCH", 2)
    tasks.prune()
    assert left() == {entry.pk for entry in trail[-2:]}
    said = Entry.objects.filter(action="audit_trail.pruned").order_by("pk")
    assert [(entry.actor_name, entry.changes["entries"]) for entry in said] == [
        ("system", 2),
        ("system", 2),
        ("system", 1),
    ]
    assert said[0].changes["before"] > trail[4].at.isoformat()
    tasks.prune()
    assert said.count() == 3


def test_of_the_last_year_nothing_can_be_put_away_whatever_is_set(trail: list[Entry], settings: LazySettings) -> None:
    settings.AUDIT_RETENTION = DAY
    with pytest.raises(DatabaseError, match="append-only: DELETE refused"):
        pruning.prune()
    assert left() == {entry.pk for entry in trail}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        QuerySet.delete(Entry.objects.filter(pk=trail[-1].pk))


@pytest.mark.parametrize("days", ["364", "1", "-1", "a year"])
def test_less_than_a_year_stops_the_start(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", days)
    with pytest.raises(ImproperlyConfigured, match=r"AUDIT_RETENTION_DAYS is .*; it has to be 0 for ever, or a whole"):
        Environment().retention("AUDIT_RETENTION_DAYS", least=append_only.KEPT.days)
