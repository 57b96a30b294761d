"""What a machine may lack: without it a test is skipped with the reason, in CI (REQUIRE_ALL=1) it fails."""

import os
from typing import NoReturn, TypeVar

import pytest

T = TypeVar("T")


def need(found: T | None, what: str) -> T:
    if not found:
        _lack(f"{what} is not installed")
    return found


def need_nothing_of(missing: str) -> None:
    """`missing` says why something cannot run here, "" that it can."""
    if missing:
        _lack(missing)


def _lack(reason: str) -> NoReturn:
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL is set, and {reason}")
    pytest.skip(reason)
