"""What a machine may lack: without it a test is skipped with the reason, in CI (REQUIRE_ALL=1) it fails."""

import os
from typing import TypeVar

import pytest

T = TypeVar("T")


def need(found: T | None, what: str) -> T:
    if found:
        return found
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is needed here, since REQUIRE_ALL is set")
    pytest.skip(f"{what} is not installed")
