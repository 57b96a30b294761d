"""What servers and providers say, through a socket, and what a person is told of it."""

import pytest

from notifications.probe import probe
from tests.notifications.diagnosis.cases import Case, cases
from tests.servers.scripted import scripted
from tests.servers.settings import to_scripted

CASES = dict(cases())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_reply_gets_its_cause(case: Case) -> None:
    login = {"username": "user", "password": "Secret-1234"} if case.signs_in else {}
    with scripted(case.script) as server:
        report = probe(
            to_scripted(server, case.mode, **login),
            "from@mail.test",
            "to@example.com",
            b"Subject: test\r\n\r\ntest\r\n",
            message_id="<1@mail.test>",
            deadline=10.0,
            usual_ports={},
        )
    found = report.diagnosis
    assert found is not None
    assert (found.cause, found.stage) == (case.cause, case.stage)
    assert found.reply is not None
    assert str(found.reply) in found.explanation
    told = f"{found.explanation} {found.remedy}"
    assert [word for word in case.words if word not in told] == []
