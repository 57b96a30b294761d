"""A row of a table of faults: how a real server is set up and addressed, and what a person must be told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from notifications.probe import Report, probe
from notifications.smtp import Server

MESSAGE = b"From: <from@mail.test>\r\nTo: <to@known.test>\r\nSubject: test\r\n\r\ntest\r\n"
DELIVERED = "delivered"


@dataclass(frozen=True)
class Case:
    """`setup` is what the server's configuration says, `settings` how it is addressed, as far as they differ from a
    set-up in good order; `expected` a cause and a stage ("authenticate.rejected at authenticate"), or `DELIVERED`;
    `words` what the explanation or the remedy must say.
    """

    name: str
    setup: Any
    settings: dict[str, Any]
    expected: str
    words: tuple[str, ...] = ()
    sender: str = "from@mail.test"
    recipient: str = "to@known.test"
    message: bytes = MESSAGE

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def tried(case: Case, server: Server, deadline: float = 20.0) -> Report:
    # No look at the usual ports: what else runs on the machine is none of the test's business.
    return probe(
        server,
        case.sender,
        case.recipient,
        case.message,
        message_id="<1@mail.test>",
        deadline=deadline,
        usual_ports={},
    )


def found(report: Report) -> str:
    diagnosis = report.diagnosis
    return f"{diagnosis.cause} at {diagnosis.stage}" if diagnosis else DELIVERED


def told(report: Report) -> str:
    return f"{report.diagnosis.explanation} {report.diagnosis.remedy}" if report.diagnosis else ""


def check(case: Case, server: Server, deadline: float = 20.0) -> Report:
    report = tried(case, server, deadline)
    words = told(report)
    assert found(report) == case.expected, "\n".join([words, *report.transcript])
    assert [word for word in case.words if word not in words] == [], words
    assert words.isprintable()
    return report
