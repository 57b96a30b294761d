"""A test e-mail against a Postfix, set up in many ways: what a person is told."""

from collections.abc import Iterator

import pytest

from tests.notifications.faults.case import DELIVERED, Case, check, found, tried
from tests.notifications.faults.postfix import CASES, LIMITS
from tests.servers.need import need_nothing_of
from tests.servers.postfix import Postfix, missing, postfix


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    need_nothing_of(missing())
    with postfix({case.name: case.setup for case in (*CASES, *LIMITS)}) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=str)
def test_postfix(server: Postfix, case: Case) -> None:
    check(case, server.settings(case.name, **case.settings))


@pytest.mark.parametrize("case", LIMITS, ids=str)
def test_a_limit_of_postfix(server: Postfix, case: Case) -> None:
    settings = server.settings(case.name, **case.settings)
    assert found(tried(case, settings)) == DELIVERED
    # The first session past its limit of TLS sessions is told so only now and then: Postfix closes it with what we
    # have said unread. From the next one on it refuses STARTTLS.
    if case.name != "TLS sessions":
        check(case, settings)
    else:
        tried(case, settings)
    check(case, settings)
