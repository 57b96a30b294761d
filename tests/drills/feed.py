"""The events of a drill, in a process that shares its clock: `python -m tests.drills.feed`, told by standard input.

`people N M` makes N people whom an event befalls, and M who ask for a new password on the pages; `tell N` lets the next
N events happen; `open` and `report FILE` tell of the outbox. A line answers each.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.drills.settings")
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import Error, connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import State, User  # noqa: E402
from notifications import emails  # noqa: E402
from notifications.models import Notification  # noqa: E402

PATIENCE = 120.0  # seconds for the database to come back


class Feed:
    def __init__(self) -> None:
        self.people: list[User] = []
        self.told = 0

    def make(self, number: int, browsing: int) -> int:
        password = make_password("a password of the drill")
        names = [(f"person{n:05}@example.com", f"Person {n:05}") for n in range(number)]
        names += [(f"browsing{n:05}@example.com", f"Browsing {n:05}") for n in range(browsing)]
        now = timezone.now()
        User.objects.bulk_create(
            [
                User(email=email, name=name, state=State.ACTIVE, is_active=True, activated_at=now, password=password)
                for email, name in names
            ],
            batch_size=1000,
        )
        self.people = list(User.objects.filter(email__startswith="person").order_by("email"))
        return len(self.people)

    def tell(self, number: int) -> int:
        """In transactions of one to ten events. One that may have been committed is told again with the same ids."""
        end = min(self.told + number, len(self.people))
        while self.told < end:
            share = self.people[self.told : min(self.told + random.randint(1, 10), end)]
            self._persist(lambda share=share: self._commit(share))  # type: ignore[misc]
            self.told += len(share)
        return self.told

    def _commit(self, people: list[User]) -> None:
        with transaction.atomic():
            for user in people:
                event = uuid.uuid5(uuid.NAMESPACE_URL, user.email)
                emails.account_locked(user, reason="sign_in", at=timezone.now(), ip="192.0.2.7", event_id=event)

    def open(self) -> int:
        return int(self._persist(lambda: Notification.objects.filter(state__in=Notification.OPEN).count()))

    def report(self, file: str) -> int:
        rows = self._persist(
            lambda: [
                {
                    "message_id": row.message_id,
                    "recipient": row.recipient,
                    "name": row.user.name if row.user else "",
                    "state": row.state,
                    "attempts": row.attempts_count,
                    "cause": row.cause,
                }
                for row in Notification.objects.select_related("user")
            ]
        )
        Path(file).write_text(json.dumps(rows))
        return len(rows)

    def _persist(self, deed: Any) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return deed()
            except Error:
                connection.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def main() -> None:
    feed = Feed()
    for line in sys.stdin:
        match line.split():
            case ["people", number, browsing]:
                answer = feed.make(int(number), int(browsing))
            case ["tell", number]:
                answer = feed.tell(int(number))
            case ["open"]:
                answer = feed.open()
            case ["report", file]:
                answer = feed.report(file)
            case _:
                raise SystemExit(f"not understood: {line}")
        print(answer, flush=True)  # noqa: T201


main()
