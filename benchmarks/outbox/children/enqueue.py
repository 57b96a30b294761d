"""Time, in one transaction, an account e-mail's way into the outbox and plain INSERTs of such a row, in turns."""

import json
import statistics
import sys
import time
import uuid
from collections.abc import Callable

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import User
from benchmarks.outbox.children.facts import LOCKED
from notifications import emails
from notifications.models import Notification

ROUNDS = 2000


def rows() -> tuple[Callable[[], None], Callable[[], None], Callable[[], None]]:
    user = User.objects.get()
    emails.account_locked(user, **LOCKED)
    pattern = Notification.objects.get()
    fields = [field for field in Notification._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(pattern, field.attname) for field in fields}
    names = ", ".join(field.column for field in fields)
    places = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {Notification._meta.db_table} ({names}) VALUES ({places}) RETURNING id"

    def another() -> dict[str, object]:
        key = uuid.uuid4()
        return values | {"event_id": key, "message_id": f"<{key}@example.com>"}

    def by_driver() -> None:
        given = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in another().items()}
        with connection.cursor() as cursor:
            cursor.execute(insert, list(given.values()))
            cursor.fetchone()

    def by_save() -> None:
        Notification(**another()).save(force_insert=True)

    def ours() -> None:
        emails.account_locked(user, **LOCKED)

    return by_driver, by_save, ours


def main() -> None:
    times: list[list[float]] = [[], [], []]
    with transaction.atomic():
        ways = rows()
        for number in range(ROUNDS):
            for way, taken in zip(ways, times, strict=True):
                started = time.perf_counter()
                way()
                if number >= 50:
                    taken.append(time.perf_counter() - started)
        # No nudge then: it comes after the commit, and is not what is measured.
        transaction.set_rollback(True)
    driver, orm, paragon = (statistics.median(taken) for taken in times)
    json.dump({"driver": driver, "orm": orm, "ours": paragon}, sys.stdout)


main()
