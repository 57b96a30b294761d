"""A test e-mail against an Exim, set up in many ways: what a person is told."""

import pytest

from tests.notifications.faults.case import Case, check
from tests.notifications.faults.exim import CASES
from tests.servers.exim import exim, missing, settings
from tests.servers.need import need_nothing_of


@pytest.mark.parametrize("case", CASES, ids=str)
def test_exim(case: Case) -> None:
    need_nothing_of(missing())
    with exim(case.setup) as port:
        check(case, settings(port, **case.settings))
