"""A test e-mail against TLS in many forms, by a stunnel: what a person is told."""

from collections.abc import Iterator

import pytest

from tests.notifications.faults.case import Case, check
from tests.notifications.faults.stunnel import CASES
from tests.servers.need import need_nothing_of
from tests.servers.stunnel import Stunnel, missing, stunnel


@pytest.fixture(scope="module")
def server() -> Iterator[Stunnel]:
    need_nothing_of(missing())
    with stunnel({case.name: case.setup for case in CASES}) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=str)
def test_stunnel(server: Stunnel, case: Case) -> None:
    check(case, server.settings(case.name, **case.settings))
