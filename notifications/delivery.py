"""Delivering what is due: claim a batch, hand it to the connections, settle what became of it.

What a failure stops follows from the scope of its cause (`diagnosis/`): the queue is held, one message waits or ends,
or another connection is tried (`verdicts.py`). Nothing here decides what a reply means.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from notifications import clerk, fates, links, moulds, open_connections, outbox, queue, settlements
from notifications.clerk import Claimed, Clerk
from notifications.diagnosis import Diagnosis, diagnose
from notifications.leased import Leased
from notifications.models import Attempt
from notifications.servers import NotReady, server_of
from notifications.settlements import Settlement
from notifications.smtp import Envelope, Event, SessionFailure
from notifications.verdicts import Verdicts, attempt_of
from settings_app.models import SMTPSettings

logger = logging.getLogger(__name__)

SLICE = 20.0  # seconds after which a worker looks up: a stop is then never far away
# What a crash at any moment repeats is a batch that is gathered and another one that is being written:
SETTLE_AFTER = 0.02  # seconds that a result waits for others at the most,
SETTLE_AT = 25  # or so many of them that came over one connection
QUIET = 0.002  # seconds without anything to do: time to settle while the servers think
FEWEST, MOST = 20, 200  # messages in a claim: about what a second's work is
LOOK_UP = 0.5  # seconds after which a waiting worker looks whether it should stop


@dataclass(slots=True)
class Summary:
    delivered: int = 0
    failed: int = 0
    deferred: int = 0
    held: bool = False


def deliver_due(
    seconds: float = SLICE,
    *,
    progress: Callable[[Summary], None] = lambda _summary: None,
    stop: Callable[[], bool] = lambda: False,
    keep_open: bool = False,
) -> Summary:
    """Deliver what is due, for about so many seconds; a held queue is tried when its next trial is due.

    `stop` says that this should end: what is under way is finished, the rest is given back. With `keep_open` the
    connections stay for the next call of this process; `hang_up` closes them.
    """
    summary = Summary()
    until = time.monotonic() + seconds
    try:
        # Anew when settings were saved meanwhile: the next message goes by the new ones.
        while _Run(summary, until, progress, stop).deliver():
            pass
    finally:
        if keep_open:
            open_connections.rest()
        else:
            hang_up()
    return summary


def more_is_due() -> bool:
    return outbox.more_is_due()


def hang_up() -> None:
    """Close the connections that `deliver_due` has kept."""
    open_connections.hang_up()
    clerk.leave()


class _Run:
    """One look at the outbox with one version of the settings."""

    def __init__(
        self, summary: Summary, until: float, progress: Callable[[Summary], None], stop: Callable[[], bool]
    ) -> None:
        self.summary = summary
        self.until = until
        self.progress = progress
        self.stop = stop
        self.saved = SMTPSettings.load()
        self.sender = self.saved.sender
        self.under_way: dict[int, Leased] = {}
        self.unsettled: list[Settlement] = []
        self.unsettled_since = 0.0
        # How many of them came over each connection, which is known by when it was opened.
        self.unsettled_of: Counter[float] = Counter()
        self.appetite = FEWEST
        self.claimed_at = time.monotonic()
        self.abstains_until = 0.0
        self.looked_at = time.monotonic()
        self.nothing_left = False
        self.found_nothing = False
        self.outdated = False
        self.trial = False

    def deliver(self) -> bool:
        """True when another version of the settings asks for another run."""
        self.summary.held = False
        if not outbox.more_is_due():
            return False
        if not queue.may_deliver():
            self.summary.held = True
            return False
        self.trial = queue.held()
        try:
            server = server_of(self.saved)
        except NotReady as fault:
            self._hold(fault.diagnosis)
            return False
        self.verdicts = Verdicts(server, self.saved, queue.cause() if self.trial else "")
        self.connections, self.stock = open_connections.to(server, self.saved.connections)
        self.stock.make = self._envelope
        self.clerk = Clerk(self.saved, self.connections.wake)
        try:
            self._go_on()
        except BaseException:
            # Whatever is under way may have been accepted: its leases end by themselves.
            hang_up()
            raise
        finally:
            self._give_back_stock()
        return self.outdated and not self._ending()

    def _go_on(self) -> None:
        while True:
            self._hear_from_clerk()
            self._claim_if_hungry()
            if self._finishing():
                self._give_back_stock()
            if not (self.stock or self.connections.busy or self.unsettled):
                if self.clerk.claiming or self.clerk.settling:
                    self._hear_from_clerk(wait=True)
                    continue
                if self._finishing() or self.found_nothing:
                    return
                time.sleep(max(0.0, self.abstains_until - time.monotonic()))
                self.nothing_left = False  # some may have come back, and others have come since
                continue
            begun, patience = time.monotonic(), self._patience()
            events = self.connections.turn(patience)
            for event in events:
                self._take_note(event)
            quiet = not events and time.monotonic() - begun >= patience
            if self._should_settle(quiet):
                self._settle()

    def _ending(self) -> bool:
        return self.stop() or time.monotonic() >= self.until

    def _finishing(self) -> bool:
        return self.outdated or self.summary.held or self._ending()

    def _claim_if_hungry(self) -> None:
        """Ask for more while there is some left, so that no connection waits for the database."""
        low = len(self.stock) <= (0 if self.trial else max(len(self.connections), self.appetite // 2))
        if not low or self.clerk.claiming or self.nothing_left or self._finishing():
            return
        if time.monotonic() < self.abstains_until:
            return
        if self.trial and (self.under_way or self.unsettled or self.clerk.settling):
            return
        # While the queue is held one message goes first, and the others follow when it has arrived.
        self.clerk.claim(1 if self.trial else self.appetite)
        self._hear_from_clerk()

    def _hear_from_clerk(self, *, wait: bool = False) -> None:
        claimed = self.clerk.claimed(wait=wait)
        if claimed is not None:
            self._stock_up(claimed)
        world = self.clerk.settled(wait=wait)
        if world is not None:
            self.outdated = world.version != self.saved.version
            self.summary.held = self.summary.held or (world.held and not self.trial)

    def _stock_up(self, claimed: Claimed) -> None:
        self.stock.rows.extend(claimed.rows)
        self.nothing_left = len(claimed.rows) < claimed.granted
        self.found_nothing = not claimed.rows and claimed.granted > 0
        if not claimed.granted:
            self.abstains_until = time.monotonic() + LOOK_UP
        # As much as is delivered in about a second: what is urgent, and comes later, waits no longer.
        quick = time.monotonic() - self.claimed_at < 1.0
        self.appetite = min(self.appetite * 2, MOST) if quick else max(self.appetite // 2, FEWEST)
        self.claimed_at = time.monotonic()

    def _patience(self) -> float:
        if not self.unsettled:
            return LOOK_UP
        return max(0.0, min(QUIET, self.unsettled_since + SETTLE_AFTER - time.monotonic()))

    # What becomes of a message

    def _envelope(self, row: Leased) -> Envelope | None:
        if row.expires_at is not None and row.expires_at <= timezone.now():
            self._note(settlements.expired(row))
            return None
        try:
            message = moulds.message(row, self.saved.from_name, self.sender)
        except links.WrongReader:
            self._note(settlements.withdrawn(row, fates.ADDRESS_CHANGED))
            return None
        except Exception as error:
            # One message that cannot be made must not keep the others from leaving.
            logger.exception("Notification %s (%s) cannot be rendered", row.pk, row.kind)
            reply = f"The message could not be made: {type(error).__name__}"
            self._note(settlements.deferred(row, attempt_of(self.saved, Attempt.Outcome.DEFERRED, reply=reply)))
            self.summary.deferred += 1
            return None
        self.under_way[row.pk] = row
        return Envelope(key=row.pk, sender=self.sender, recipient=row.recipient, message=message)

    def _take_note(self, event: Event) -> None:
        if event.key is None:
            if isinstance(event.result, SessionFailure):
                self._could_not_connect(diagnose(event.result, self.connections.server, self.saved.sender))
            return
        row = self.under_way.pop(int(str(event.key)))
        if event.result is None:
            self.stock.rows.appendleft(row)
            return
        verdict = self.verdicts.of(row, event.result, event)
        self._note(verdict.settlement)
        self.unsettled_of[event.since] += 1
        self.summary.delivered += verdict.counts == "delivered"
        self.summary.failed += verdict.counts == "failed"
        self.summary.deferred += verdict.counts == "deferred"
        if verdict.too_many:
            self.connections.slow_down()
        if verdict.holds is not None:
            self._hold(verdict.holds)
        elif verdict.releases and self.trial:
            queue.release()
            self.trial = False
        self.progress(self.summary)

    def _could_not_connect(self, diagnosis: Diagnosis) -> None:
        if len(self.connections):
            # The others work: a server that bears no more of them is no fault.
            logger.info("No further connection: %s", diagnosis.explanation)
            if diagnosis.cause == "server.rate_limited":
                self.connections.slow_down()
        else:
            self._hold(diagnosis)

    def _hold(self, diagnosis: Diagnosis) -> None:
        if self.summary.held:
            return  # one fault, however many messages it meets
        logger.error("Mail is held: %s (%s)", diagnosis.title, diagnosis.cause)
        queue.hold(diagnosis)
        self.summary.held = True

    # What is written of it

    def _note(self, settlement: Settlement) -> None:
        if not self.unsettled:
            self.unsettled_since = time.monotonic()
        self.unsettled.append(settlement)

    def _should_settle(self, quiet: bool) -> bool:
        now = time.monotonic()
        if not self.unsettled:
            return now >= self.looked_at + LOOK_UP
        many = max(self.unsettled_of.values(), default=0) >= SETTLE_AT
        return quiet or many or now >= self.unsettled_since + SETTLE_AFTER

    def _settle(self) -> None:
        """Have what is known written, once what was known before is, and look whether the world has changed."""
        if self.clerk.settling:
            self._hear_from_clerk(wait=True)
        batch, self.unsettled = self.unsettled, []
        self.unsettled_of.clear()
        self.looked_at = time.monotonic()
        self.clerk.settle(batch)

    def _give_back_stock(self) -> None:
        if self.stock:
            self.clerk.give_back(self.stock.rows)
            self.stock.rows.clear()
