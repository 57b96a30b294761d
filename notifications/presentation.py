"""A test e-mail as the panel shows it: all eight stages in the order they run, whatever has been reached."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications import delivery_test
from notifications.models import DeliveryTest
from notifications.smtp import TLSMode, stages_of

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
    untrusted: bool


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
        self.report = test.report
        self.recipient = test.recipient
        self.started_at = test.started_at or test.created_at
        self.ended_at = test.ended_at
        self.worker = test.worker
        known = {stage["name"]: stage for stage in (test.report or {}).get("stages") or test.stages}
        # With implicit TLS the handshake comes before the greeting.
        mode = TLSMode(delivery_test.candidate_of(test).effective_tls_mode)
        order = [*known] if len(known) == len(LABELS) else [stage.value for stage in stages_of(mode)]
        self.stages = [
            StageView(label=LABELS[name], **known[name]) if name in known else StageView(name, LABELS[name], "idle")
            for name in order
        ]

        # A report of before an upgrade lacks them.
        self.remedies = (test.report or {}).get("remedies") or [(test.report or {}).get("remedy")]
        self.chain = [_link(stored) for stored in (test.report or {}).get("chain", [])]
        self.proposals = [
            ProposalView(stored["label"], json.dumps(stored["changes"]))
            for stored in (test.report or {}).get("proposals", [])
        ]

    @property
    def elapsed_ms(self) -> float | None:
        return (self.ended_at - self.started_at).total_seconds() * 1000 if self.ended_at else None


def _link(stored: dict[str, Any]) -> ChainLink:
    dates = {name: datetime.fromisoformat(stored[name]) for name in ("not_before", "not_after")}
    return ChainLink(**stored | dates)
