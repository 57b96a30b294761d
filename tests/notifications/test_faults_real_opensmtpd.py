"""A test e-mail against an OpenSMTPD, set up in many ways: what a person is told."""

from collections.abc import Iterator

import pytest

from tests.notifications.faults.case import Case, check
from tests.notifications.faults.opensmtpd import CASES
from tests.servers.need import need_nothing_of
from tests.servers.opensmtpd import OpenSMTPD, missing, opensmtpd


@pytest.fixture(scope="module")
def server() -> Iterator[OpenSMTPD]:
    need_nothing_of(missing())
    with opensmtpd({case.name: case.setup for case in CASES}) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=str)
def test_opensmtpd(server: OpenSMTPD, case: Case) -> None:
    check(case, server.settings(case.name, **case.settings))
