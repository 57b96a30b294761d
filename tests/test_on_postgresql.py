"""What meets on PostgreSQL, where rows are really locked: the same tests, in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.postgres import Postgres

HERE = Path(__file__).parent
FILES = [
    *(f"accounts/test_{name}.py" for name in ("races", "limits", "editing", "timeline", "users_order")),
    "audit/test_pruning.py",
    "notifications/test_clerk.py",
    "notifications/test_leases.py",
    "notifications/test_pacing.py",
    "notifications/test_search.py",
    "notifications/test_selected.py",
    "notifications/test_glance.py",
    "paragon_smtp/test_drawn_once.py",
]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_same_holds_on_postgresql(postgres: Postgres) -> None:
    files = [str(HERE / name) for name in FILES]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files],
        env={**os.environ, "TEST_DATABASE_URL": postgres.new_database()},
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout[-4000:]
