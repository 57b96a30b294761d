"""Django's PostgreSQL, with connections that wait for an answer no longer than `patience.py` says."""

from contextlib import suppress
from types import ModuleType
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.errors import _WaitTimeout

from paragon_smtp import patience

CONNECT = 10  # seconds in which a connection is there, unless DATABASE_URL says otherwise
LEAST = 2  # seconds: less is not possible while connecting
CANCEL = 0.5  # seconds in which a server that is well has taken back what it was asked


class Connection(psycopg.Connection[Any]):
    @classmethod
    def connect(cls, *args: Any, **options: Any) -> Any:
        limit = patience.seconds()
        if limit == 0:
            raise psycopg.OperationalError("The database does not answer; it was not asked again.")
        longest = float(options.get("connect_timeout", CONNECT))
        options["connect_timeout"] = max(LEAST, int(longest if limit is None else min(limit, longest)))
        return super().connect(*args, **options)

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        limit = patience.seconds()
        if limit is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, limit)
        except _WaitTimeout:
            # A server that waits for a lock would go on waiting for nobody.
            with suppress(psycopg.Error):
                if psycopg.capabilities.has_cancel_safe():
                    self.cancel_safe(timeout=CANCEL)
            self.close()
            raise psycopg.OperationalError(f"The database has not answered within {limit:g} seconds.") from None


def _driver() -> ModuleType:
    """psycopg, but for the connections that it makes."""
    driver = ModuleType(psycopg.__name__)
    vars(driver).update(vars(psycopg), connect=Connection.connect)
    return driver


class DatabaseWrapper(base.DatabaseWrapper):
    Database = _driver()
