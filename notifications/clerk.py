"""A run's claims and settlements, beside its conversation with the mail server.

Where the database bears two at a time, a thread with a connection of its own does them, one after another, so that
neither waits for the other. SQLite has one writer, and a caller's transaction shows its rows to nobody else: there each
is done at once.
"""

import logging
import math
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

from notifications import leases, queue, settlements
from notifications.leased import Leased
from notifications.models import Queue
from notifications.settlements import Settlement
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)
T = TypeVar("T")

DATABASE_AWAY = 60.0  # seconds for which results are kept while the database is away
IDLE = 1.0  # seconds after which the thread looks whether its connection is still of use
TRY_AGAIN = 0.5  # seconds between two tries meanwhile


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was leased of what the limit of messages a minute allowed."""

    granted: int
    rows: list[Leased]


@dataclass(frozen=True, slots=True)
class World:
    """What has changed while results were written."""

    version: int
    held: bool


class Clerk:
    """Asked by one thread. `wake` is called, by another one, when something that was asked for is done."""

    def __init__(self, saved: SMTPSettings, wake: Callable[[], None]) -> None:
        self.token = uuid.uuid4()
        self._saved = saved
        self._wake = wake
        self._claim: Future[Claimed] | None = None
        self._settlement: Future[World] | None = None
        self._claims = 0
        self._renewed_at = time.monotonic()

    @property
    def claiming(self) -> bool:
        return self._claim is not None

    @property
    def settling(self) -> bool:
        return self._settlement is not None

    def claim(self, wanted: int) -> None:
        """Ask for so many; one claim at a time."""
        self._claims += 1
        self._claim = self._ask(lambda: self._claim_now(wanted, bulk_first=self._claims % 10 == 0))

    def claimed(self, *, wait: bool = False) -> Claimed | None:
        """What was claimed, once it is there. Raises what went wrong."""
        if self._claim is None or not (wait or self._claim.done()):
            return None
        claim, self._claim = self._claim, None
        return claim.result()

    def settle(self, batch: Sequence[Settlement]) -> None:
        """Have this written, the lease renewed when that is due, and the world looked at; one batch at a time."""
        renew = time.monotonic() >= self._renewed_at + leases.RENEW_EVERY.total_seconds()
        if renew:
            self._renewed_at = time.monotonic()
        self._settlement = self._ask(lambda: self._settle_now(batch, renew=renew))

    def settled(self, *, wait: bool = False) -> World | None:
        """How the world is, once the batch is written. Raises what went wrong."""
        if self._settlement is None or not (wait or self._settlement.done()):
            return None
        settlement, self._settlement = self._settlement, None
        return settlement.result()

    def give_back(self, rows: Sequence[Leased]) -> None:
        leases.give_back(rows, self.token)

    def _claim_now(self, wanted: int, *, bulk_first: bool) -> Claimed:
        granted = queue.allowance(wanted, self._saved.messages_per_minute)
        rows = leases.claim(granted, self.token, bulk_first=bulk_first) if granted else []
        queue.give_back_allowance(granted - len(rows), self._saved.messages_per_minute)
        return Claimed(granted, rows)

    def _settle_now(self, batch: Sequence[Settlement], *, renew: bool) -> World:
        settlements.settle(batch, self.token)
        if renew:
            leases.renew(self.token)
        return _look()

    def _ask(self, job: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()
        if connection.features.has_select_for_update_skip_locked and not connection.in_atomic_block:
            future.add_done_callback(lambda _future: self._wake())
            _thread().put((future, job))
        else:
            _do(future, job)
        return future


def _look() -> World:
    """Both in one question, since it follows each batch."""
    settings, state = (connection.ops.quote_name(model._meta.db_table) for model in (SMTPSettings, Queue))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT version FROM {settings} WHERE id = %s), "  # noqa: S608  our names
            f"EXISTS (SELECT 1 FROM {state} WHERE id = %s AND held_since IS NOT NULL)",
            (SMTPSettings.PK, Queue.PK),
        )
        version, held = cursor.fetchone()
    return World(version or 0, bool(held))


def leave() -> None:
    """Let the thread end, with its connection, after what it was asked for."""
    global _asked
    asked, _asked = _asked, None
    if asked is not None:
        asked.put(None)


_Asked = SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None]
_asked: _Asked | None = None


def _thread() -> _Asked:
    global _asked
    if _asked is None:
        _asked = SimpleQueue()
        # A daemon: a second signal ends the process at once, whatever the database is doing.
        threading.Thread(target=_work, args=(_asked,), name="claims and settles", daemon=True).start()
    return _asked


def _work(asked: _Asked) -> None:
    idle_since = -math.inf
    while (given := asked.get()) is not None:
        if time.monotonic() > idle_since + IDLE:
            # As Django does at the beginning of a request: the server may have closed it meanwhile.
            connection.close_if_unusable_or_obsolete()
        _do(*given)
        idle_since = time.monotonic()
    connections.close_all()


def _do(future: "Future[T]", job: Callable[[], T]) -> None:
    try:
        future.set_result(_patiently(job))
    except BaseException as error:  # whoever asked raises it
        future.set_exception(error)


def _patiently(job: Callable[[], T]) -> T:
    """What was accepted must not be forgotten because the database restarts."""
    give_up = time.monotonic() + DATABASE_AWAY
    while True:
        try:
            return job()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() >= give_up:
                raise
            logger.warning("The database is away; what was delivered and what is due wait for it.")
            connection.close()
            time.sleep(TRY_AGAIN)
