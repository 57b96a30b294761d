"""Beat's schedule, kept in memory: what is due every few seconds needs no file that a full disk or a kill may spoil."""

import time
from typing import Any

from celery.beat import Scheduler


class SteadyScheduler(Scheduler):
    """Begins anew when the clock is set back. Celery's own stays silent until the clock has caught up."""

    _last_tick = 0.0

    def tick(self, *args: Any, **options: Any) -> Any:
        now = time.time()
        if now < self._last_tick:
            for entry in self.schedule.values():
                entry.last_run_at = entry.default_now()
            self.populate_heap()
        self._last_tick = now
        return super().tick(*args, **options)
