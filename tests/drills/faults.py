"""The faults of a drill, and when each of them happens: a schedule that a seed makes, and makes again."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.drills.house import House
from tests.drills.server import MailServer, Mood

UNUSED_PORT = 9  # "discard": nothing listens there


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    begin: Callable[[House, MailServer], object]
    end: Callable[[House, MailServer], object] = lambda _house, _server: None
    lasts: tuple[float, float] = (0.0, 0.0)
    missing: str = ""  # why it cannot happen here


@dataclass(frozen=True, slots=True)
class Event:
    at: float  # seconds after the first notification
    what: str
    do: Callable[[House, MailServer], object]


def of_the_server() -> list[Fault]:
    """What the mail server does, or the settings do to it: one thing at a time."""
    moods = [mood for mood in Mood if mood is not Mood.GOOD]
    return [
        *(
            Fault(
                f"the mail server {mood.value}",
                lambda _house, server, mood=mood: server.change(mood),  # type: ignore[misc]
                lambda _house, server: server.change(Mood.GOOD),
                (3.0, 5.0),
            )
            for mood in moods
        ),
        Fault(
            "settings broken",
            lambda house, _server: house.point_at_soon(UNUSED_PORT),
            lambda house, server: house.point_at_soon(server.port),
            (2.0, 4.0),
        ),
    ]


def of_the_house(house: House, chance: random.Random) -> list[Fault]:
    """What happens to our own programs and what they stand on: one thing at a time, beside what the server does."""
    no_disk = "" if house.disk else "only the superuser can make a small disk"
    broker_signal = chance.choice([signal.SIGTERM, signal.SIGKILL])
    found = [
        Fault("kill -9 of the workers", lambda house, _server: house.kill_worker()),
        Fault("kill -9 of the workers again", lambda house, _server: house.kill_worker()),
        Fault("kill -9 of the clock", lambda house, _server: house.kill("celery", "beat")),
        Fault("kill -9 of the web server", lambda house, _server: house.kill("gunicorn")),
        Fault(
            f"the broker stopped ({broker_signal.name})",
            lambda house, _server: house.stop_broker(broker_signal),
            lambda house, _server: house.start_broker(),
            (2.0, 4.0),
        ),
        Fault("the broker wiped", lambda house, _server: house.wipe_broker()),
        Fault(
            "the disk full",
            lambda house, _server: house.fill_disk(),
            lambda house, _server: house.clear_disk(),
            (3.0, 5.0),
            no_disk,
        ),
        Fault(
            "the clock set back an hour", lambda house, _server: house.clock.set_back(3600), missing=house.clock.missing
        ),
    ]
    if house.on_postgres:
        how = chance.choice([signal.SIGINT, signal.SIGQUIT])
        found.append(
            Fault(
                f"PostgreSQL stopped ({how.name})",
                lambda house, _server: house.stop_postgres(how),
                lambda house, _server: house.start_postgres(),
                (0.5, 2.0),
            )
        )
    return found


def schedule(lanes: Sequence[Sequence[Fault]], chance: random.Random, pauses: tuple[float, float]) -> list[Event]:
    """Each lane in an order and with pauses of chance; the lanes run beside each other."""
    events = []
    for lane in lanes:
        at = chance.uniform(*pauses)
        for fault in chance.sample(list(lane), len(lane)):
            if fault.missing:
                continue
            lasts = chance.uniform(*fault.lasts)
            events.append(Event(at, fault.name, fault.begin))
            if lasts:
                events.append(Event(at + lasts, f"  ends: {fault.name}", fault.end))
            at += lasts + chance.uniform(*pauses)
    return sorted(events, key=lambda event: event.at)
