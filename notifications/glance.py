"""How mail is doing, as much of it as every page tells: one query, and a cheap one however much waits or failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Notification, Queue
from notifications.telling import title_of
from settings_app.models import SMTPSettings

# Counted no further.
MOST = 1000
LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Glance:
    waiting: int
    # Of the last seven days.
    failed: int
    held_since: datetime | None
    cause: str
    title: str
    last_delivered: datetime | None
    # Whether settings are saved.
    configured: bool

    @property
    def count(self) -> str:
        """What the navigation shows: what failed, since somebody has to mend it, else what waits."""
        number = self.failed or self.waiting
        return "" if not number else str(number) if number < MOST else f"{MOST - 1}+"

    @property
    def count_text(self) -> str:
        if self.failed:
            return _("%(count)s failed in the last seven days") % {"count": self.count}
        return _("%(count)s waiting") % {"count": self.count}

    @property
    def kind(self) -> str:
        return "bad" if self.failed else ""


# By hand: Django puts no limited counts beside a row that may be missing. The states stand in it as they do in the
# conditions of the indexes, for which the planner has to recognise them.
_STATEMENT = f"""
    SELECT queue.held_since, COALESCE(queue.cause, ''),
        (SELECT COUNT(*) FROM (SELECT 1 FROM {Notification._meta.db_table}
            WHERE state IN ('waiting', 'sending') LIMIT {MOST}) AS found),
        (SELECT COUNT(*) FROM (SELECT 1 FROM {Notification._meta.db_table}
            WHERE state = 'failed' AND created_at >= %s LIMIT {MOST}) AS found),
        (SELECT delivered_at FROM {Notification._meta.db_table}
            WHERE state = 'delivered' ORDER BY delivered_at DESC LIMIT 1),
        (SELECT version > 0 FROM {SMTPSettings._meta.db_table} WHERE id = {SMTPSettings.PK})
    FROM (SELECT 1) AS one
    LEFT JOIN {Queue._meta.db_table} AS queue ON queue.id = {Queue.PK} AND queue.held_since IS NOT NULL
"""  # noqa: S608  nothing of it comes from outside
_MOMENT = Notification._meta.get_field("delivered_at").cached_col


def glance() -> Glance:
    since = connection.ops.adapt_datetimefield_value(timezone.now() - LOOKED_BACK)
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [since])
        held_since, cause, waiting, failed, delivered, configured = cursor.fetchone()
    return Glance(waiting, failed, _moment(held_since), cause, title_of(cause), _moment(delivered), bool(configured))


def _moment(value: Any) -> Any:
    """As the database gave it, made what a model's column holds."""
    if value is None:
        return None
    for convert in connection.ops.get_db_converters(_MOMENT):
        value = convert(value, _MOMENT, connection)
    return value
