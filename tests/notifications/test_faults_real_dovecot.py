"""A test e-mail against a Dovecot, set up in many ways: what a person is told."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.notifications.faults.case import Case, check
from tests.notifications.faults.dovecot import CASES
from tests.servers.dovecot import Dovecot, dovecot, missing
from tests.servers.need import need_nothing_of


class Servers:
    """One for each set-up, started when it is first asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[str, Dovecot] = {}

    def of(self, case: Case) -> Dovecot:
        key = str(case.setup)
        if key not in self._running:
            self._running[key] = self._stack.enter_context(dovecot(case.setup))
        return self._running[key]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    need_nothing_of(missing())
    with ExitStack() as stack:
        yield Servers(stack)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dovecot(servers: Servers, case: Case) -> None:
    check(case, servers.of(case).settings(**case.settings))
