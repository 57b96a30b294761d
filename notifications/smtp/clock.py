"""One budget of time: each step has its own limit, and none outlasts the whole."""

from __future__ import annotations

import math
import time


class Clock:
    def __init__(self, seconds: float | None = None) -> None:
        self._end = math.inf if seconds is None else time.monotonic() + seconds

    def until(self, seconds: float) -> float:
        """The moment, by `time.monotonic`, at which a step that may take this long must end."""
        return min(time.monotonic() + seconds, self._end)

    def left(self, at_most: float) -> float:
        return max(0.0, self.until(at_most) - time.monotonic())
