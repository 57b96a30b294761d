"""A test e-mail as the panel shows it: all eight stages in the order they run, whatever has been reached."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from notifications import delivery_test
from notifications.models import DeliveryTest
from notifications.smtp import TLSMode, stages_of
from notifications.telling import for_the_reader

LABELS = {
    "resolve": _("Resolve"),
    "connect": _("Connect"),
    "greeting": _("Greeting"),
    "tls": _("TLS"),
    "authenticate": _("Authenticate"),
    "sender": _("Sender"),
    "recipient": _("Recipient"),
    "message": _("Message"),
}


@dataclass(frozen=True, slots=True)
class StageView:
    name: str
    label: Any
    status: str  # ok, failed, skipped, running or idle
    elapsed_ms: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChainLink:
    name: str
    issuer: str
    self_signed: bool
    not_before: datetime
    not_after: datetime
    fingerprint: str
    fault: str  # untrusted, expired, not_yet_valid, name_mismatch, weak_certificate, or nothing


@dataclass(frozen=True, slots=True)
class ProposalView:
    label: str
    changes: str  # as JSON, for a data attribute


class TestView:
    """What `notifications/test_panel.html` asks for."""

    __test__ = False  # not a test case, whatever pytest thinks of its name

    def __init__(self, test: DeliveryTest) -> None:
        self.pk = test.pk
        self.state = test.state
        self.running = test.ended_at is None
        self.recipient = test.recipient
        self.started_at = test.started_at or test.created_at
        self.ended_at = test.ended_at
        self.worker = test.worker
        # The panel stays as it is while these do: nothing below is worked out as long as it is remembered.
        self.drawn_from = [test.pk, test.state, test.ended_at, test.stored_ms, test.handed_ms, test.stages]
        self._test = test
        self._stored: dict[str, Any] = test.report or {}

    @cached_property
    def _told(self) -> Mapping[str, Any]:
        return for_the_reader(self._stored.get("told"))

    @cached_property
    def report(self) -> dict[str, Any] | None:
        return {**self._stored, **self._told} if self._stored else None

    @cached_property
    def stages(self) -> list[StageView]:
        known = {stage["name"]: stage for stage in self._stored.get("stages") or self._test.stages}
        # With implicit TLS the handshake comes before the greeting.
        mode = TLSMode(delivery_test.candidate_of(self._test).effective_tls_mode)
        order = [*known] if len(known) == len(LABELS) else [stage.value for stage in stages_of(mode)]
        return [
            StageView(label=LABELS[name], **known[name]) if name in known else StageView(name, LABELS[name], "idle")
            for name in order
        ]

    # A report of before an upgrade lacks some of these.

    @property
    def explanation(self) -> str:
        return self._told.get("explanation") or _without_reply(self._stored)

    @property
    def remedies(self) -> list[Any]:
        return (self.report or {}).get("remedies") or [self._stored.get("remedy")]

    @cached_property
    def chain(self) -> list[ChainLink]:
        return [_link(stored) for stored in self._stored.get("chain", [])]

    @cached_property
    def proposals(self) -> list[ProposalView]:
        return [
            ProposalView(label or stored["label"], json.dumps(stored["changes"]))
            for stored, label in zip_longest(self._stored.get("proposals", []), self._told.get("labels", []))
        ]

    @property
    def ran(self) -> Any:
        return self._stored.get("ran")

    @cached_property
    def way(self) -> list[tuple[Any, float]]:
        """Where the time went, once the test has ended."""
        return list(_way(self._test)) if self.ended_at else []

    @property
    def total_ms(self) -> float | None:
        return self.way[-1][1] if self.way else None

    @property
    def elapsed_ms(self) -> float | None:
        return (self.ended_at - self.started_at).total_seconds() * 1000 if self.ended_at else None


def _without_reply(report: dict[str, Any]) -> str:
    """The explanation without the server's words, which the panel shows in a place of their own."""
    reply = report.get("reply") or {}
    words = " ".join(str(reply[name]) for name in ("code", "enhanced", "text") if reply.get(name))
    said = f" The server said: “{' '.join(words.split())}”."
    return str(report.get("explanation") or "").replace(said, "")


def _way(test: DeliveryTest) -> Iterator[tuple[Any, float]]:
    """Where the time went, from the button to the end: labels and milliseconds."""
    ended = test.ended_at or test.created_at
    taken = ((test.started_at or ended) - test.created_at).total_seconds() * 1000
    # A worker may have taken the test before the broker had answered the page.
    stored = min(test.stored_ms or 0.0, taken)
    handed = min(test.handed_ms or 0.0, taken - stored)
    if test.stored_ms is not None:
        yield _("Stored in the database"), stored
        yield _("Handed to the broker"), handed
    yield _("Waited for a worker"), taken - stored - handed
    if test.started_at:
        yield _("With the worker and the server"), (ended - test.started_at).total_seconds() * 1000
    yield _("In all"), (ended - test.created_at).total_seconds() * 1000


def _link(stored: dict[str, Any]) -> ChainLink:
    # Before an upgrade, only the end of the trust was marked.
    fault = stored.get("fault", "untrusted" if stored.get("untrusted") else "")
    known = {name: stored[name] for name in ("name", "issuer", "self_signed", "fingerprint")}
    known |= {name: datetime.fromisoformat(stored[name]) for name in ("not_before", "not_after")}
    return ChainLink(**known, fault=fault)
