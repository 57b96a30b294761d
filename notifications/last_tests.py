"""The last tests as the settings page lists them: when, by whom, to which server, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from notifications.delivery_test import LISTED
from notifications.models import DeliveryTest
from notifications.people import name_of
from notifications.telling import title_of

_STATES = {
    DeliveryTest.State.WAITING: ("go", _("Waiting for a worker")),
    DeliveryTest.State.RUNNING: ("go", _("Running")),
    DeliveryTest.State.EXPIRED: ("bad", _("No worker came")),
    DeliveryTest.State.ENDED: ("bad", _("The test broke off")),
}
_STATE = (
    "SELECT COUNT(*), MAX(created_at), MAX(started_at), MAX(ended_at) "  # noqa: S608  nothing of it comes from outside
    f"FROM {DeliveryTest._meta.db_table}"
)


@dataclass(frozen=True, slots=True)
class LastTest:
    pk: UUID
    at: datetime
    by: str
    recipient: str
    server: str
    kind: str  # of the badge
    outcome: str
    title: str  # what is wrong, in words


def last_tests() -> Iterator[LastTest]:
    """The newest first; of each report only what is shown is read."""
    wanted = {"delivered": "delivered", "cause": "cause", "address": "server__address", "port": "server__port"}
    rows = (
        DeliveryTest.objects.select_related("created_by")
        .defer("report", "stages", "candidate", "password_sealed")
        .annotate(**{name: F(f"report__{path}") for name, path in wanted.items()})[:LISTED]
    )
    return (_shown(row) for row in rows)


def state_of_tests() -> str:
    """Changes with each test that is stored, begins, ends or is forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return str(cursor.fetchone())


def _shown(row: Any) -> LastTest:
    kind, outcome = _STATES[row.state]
    if row.delivered is not None and row.state == DeliveryTest.State.ENDED:
        kind, outcome = ("ok", _("Delivered")) if row.delivered else ("bad", _("Not delivered"))
    title = title_of(row.cause or "") if row.state == DeliveryTest.State.ENDED else ""
    server = f"{row.address}:{row.port}" if row.address else ""
    return LastTest(row.pk, row.created_at, name_of(row.created_by), row.recipient, server, kind, str(outcome), title)
