"""A test e-mail in a network of its own, with names and routes of every kind: what a person is told."""

import json
import sys
from pathlib import Path

import pytest

from tests.notifications.faults.case import Case
from tests.notifications.faults.network import CASES, ZONE
from tests.servers.namespace import missing, run_secluded
from tests.servers.need import need_nothing_of

Told = dict[str, tuple[str, str, float]]


@pytest.fixture(scope="module")
def told_of(tmp_path_factory: pytest.TempPathFactory) -> Told:
    need_nothing_of(missing())
    command = [sys.executable, "-m", "tests.notifications.faults.network"]
    folder: Path = tmp_path_factory.mktemp("network")
    found: Told = json.loads(run_secluded(command, folder, ZONE, timeout=100))
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_network(told_of: Told, case: Case) -> None:
    found, words, _ = told_of[case.name]
    assert found == case.expected, words
    assert [word for word in case.words if word not in words] == [], words
