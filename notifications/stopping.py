"""Whether this worker was told to end: what is under way is finished then, the rest is given back.

Celery tells its main process alone, and then waits for what the processes of a prefork pool do. They share one byte
with it: written in a signal handler, where a lock could wait for ever, and made before any of them is forked.
"""

import mmap

from celery.signals import worker_shutting_down

_told = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def tell(**_: object) -> None:
    _told[0] = 1


def told() -> bool:
    return _told[0] == 1
