"""How many tests one person, and all together, may start in a while: the test button is no tool to scan a network.

Counted in the database, so that every process counts the same. Tests of a command have no person and are not counted:
whoever has a shell there can connect anywhere already.
"""

import math
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import DeliveryTest

LOCK = zlib.crc32(b"notifications.pacing")


@dataclass(frozen=True)
class TooMany(Exception):
    """No test now; `str()` is the sentence for the person, `again_at` when the next one is possible."""

    limit: int
    whose: str
    again_at: datetime

    @property
    def seconds(self) -> int:
        return max(1, math.ceil((self.again_at - timezone.now()).total_seconds()))

    def __str__(self) -> str:
        minutes = math.ceil(self.seconds / 60)
        facts = {
            "limit": self.limit,
            "window": int(settings.TEST_WINDOW.total_seconds() // 60),
            "at": date_format(timezone.localtime(self.again_at), "H:i"),
            "wait": ngettext("in %(minutes)d minute", "in %(minutes)d minutes", minutes) % {"minutes": minutes},
        }
        if self.whose == "person":
            return (
                _(
                    "You have sent %(limit)d tests within %(window)d minutes, the most for one person. "
                    "The next one is possible at %(at)s, %(wait)s."
                )
                % facts
            )
        return (
            _(
                "%(limit)d tests were sent within %(window)d minutes, the most for everybody together. "
                "The next one is possible at %(at)s, %(wait)s."
            )
            % facts
        )


def admit(user: Any) -> None:
    """Raises `TooMany`. Nobody else is admitted until the transaction ends, so that two clicks are counted as two."""
    if connection.vendor == "postgresql":  # SQLite lets one write at a time anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    counted = {
        "person": (settings.TESTS_PER_PERSON, {"created_by": user}),
        "everybody": (settings.TESTS_IN_ALL, {"created_by__isnull": False}),
    }
    now = timezone.now()
    for whose, (limit, whom) in counted.items():
        recent = DeliveryTest.objects.filter(created_at__gt=now - settings.TEST_WINDOW, **whom).order_by("-created_at")
        oldest = recent.values_list("created_at", flat=True)[limit - 1 : limit].first()
        if oldest is not None:
            # Not later than a whole window from now, whatever the clock was when the tests were sent.
            raise TooMany(limit, whose, min(oldest, now) + settings.TEST_WINDOW)
