"""The event that every message of the benchmarks tells of."""

from datetime import UTC, datetime, timedelta
from typing import Any

AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LOCKED: dict[str, Any] = {"reason": "sign_in", "at": AT, "until": AT + timedelta(minutes=15), "ip": "192.0.2.7"}
