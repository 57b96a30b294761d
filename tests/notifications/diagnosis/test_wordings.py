"""The tables of wordings themselves."""

import pytest

from notifications.diagnosis import CAUSES
from notifications.diagnosis.codes import REGISTRY
from notifications.diagnosis.wording import Wording
from notifications.diagnosis.wordings import KNOWN, USUAL
from notifications.smtp.protocol import ReplyParser
from notifications.smtp.values import Reply, Stage
from tests.notifications.diagnosis.cases import cases


def replies() -> list[tuple[Stage, Reply, str]]:
    found = []
    for _, case in cases():
        parser = ReplyParser()
        parser.feed(case.reply.replace("\n", "\r\n").encode() + b"\r\n")
        reply = parser.take()
        assert reply is not None
        found.append((case.stage, reply, case.cause))
    return found


REPLIES = replies()


@pytest.mark.parametrize("line", KNOWN, ids=lambda line: f"{line.cause} {line.codes.pattern} {line.text.pattern}")
def test_what_is_known_has_its_source_and_a_case(line: Wording) -> None:
    assert line.source.startswith("https://")
    assert [cause for stage, reply, cause in REPLIES if line.fits(stage, reply) and cause == line.cause]


@pytest.mark.parametrize("line", USUAL, ids=lambda line: f"{line.cause} {line.codes.pattern} {line.text.pattern}")
def test_what_is_usual_has_a_case(line: Wording) -> None:
    assert [cause for stage, reply, cause in REPLIES if line.fits(stage, reply) and cause == line.cause]


def test_every_table_names_causes_of_the_vocabulary() -> None:
    named = {line.cause for line in (*KNOWN, *USUAL)} | {code.cause for code in REGISTRY.values() if code.cause}
    assert named <= set(CAUSES)
