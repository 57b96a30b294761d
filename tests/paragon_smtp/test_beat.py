"""Beat goes on when the clock is set back."""

from datetime import UTC, datetime, timedelta

import time_machine
from celery import Celery

from paragon_smtp.beat import SteadyScheduler

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class Told(SteadyScheduler):
    def __init__(self, app: Celery) -> None:
        self.sent: list[str] = []
        super().__init__(app)

    def apply_entry(self, entry: object, **_producer: object) -> None:
        self.sent.append(entry.name)  # type: ignore[attr-defined]


def schedule() -> Told:
    app = Celery(broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {
        name: {"task": name, "schedule": pause} for name, pause in (("look", 5.0), ("sweep", 7.0))
    }
    return Told(app)


def run(told: Told, seconds: int, clock: time_machine.Traveller) -> list[str]:
    """What it sends in so many seconds."""
    told.sent.clear()
    for _second in range(seconds):
        clock.shift(1)
        while told.tick() == 0:
            pass
    return sorted(set(told.sent))


def test_everything_is_sent_again_soon_after_the_clock_was_set_back() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        told = schedule()
        assert run(told, 20, clock) == ["look", "sweep"]
        clock.move_to(NOON - timedelta(hours=1))
        assert run(told, 10, clock) == ["look", "sweep"]


def test_the_first_look_comes_after_its_pause_whatever_ran_before() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert run(schedule(), 3, clock) == []
