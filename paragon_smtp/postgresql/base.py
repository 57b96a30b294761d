"""Django's PostgreSQL, with connections that wait no longer than `patience.py` says, and read times quickly."""

from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import Buffer
from psycopg.errors import _WaitTimeout
from psycopg.types.datetime import TimestamptzLoader

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


class MomentLoader(TimestamptzLoader):
    """Times by the interpreter's own parser: Django's loader takes thirty times as long, and each row has several."""

    timezone = UTC  # Django asks for it, and takes a loader of its own for connections with another one

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # psycopg says what is wrong with it
            return super().load(data)


def _driver() -> ModuleType:
    """psycopg, but for the connections that it makes."""
    driver = ModuleType(psycopg.__name__)
    vars(driver).update(vars(psycopg), connect=Connection.connect)
    return driver


class DatabaseWrapper(base.DatabaseWrapper):
    Database = _driver()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader("timestamptz", MomentLoader)
        return connection
