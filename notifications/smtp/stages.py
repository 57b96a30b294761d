"""Which stage a session is in: times it, tells the observer, and turns whatever stops it into a `SessionFailure`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from notifications.smtp.failure import Fault, SessionFailure
from notifications.smtp.text import visible, words_of
from notifications.smtp.values import Observer, Stage, StageResult

MakeFailure = Callable[[Stage, Exception, bool], SessionFailure]


@dataclass(slots=True)
class Step:
    """What a stage leaves behind while it runs."""

    detail: str = ""
    skipped: bool = False
    maybe_accepted: bool = False


class Stages:
    def __init__(self, observer: Observer | None, make_failure: MakeFailure) -> None:
        self._observer = observer
        self._make_failure = make_failure

    @contextmanager
    def __call__(self, stage: Stage) -> Iterator[Step]:
        step = Step()
        if self._observer:
            self._observer.stage_started(stage)
        started = time.monotonic()
        try:
            yield step
        # Every exception of ssl and socket is an OSError.
        except (Fault, OSError) as error:
            self._ended(stage, "failed", started, words_of(error))
            raise self._make_failure(stage, error, step.maybe_accepted) from error
        self._ended(stage, "skipped" if step.skipped else "ok", started, step.detail)

    def _ended(self, stage: Stage, status: Literal["ok", "failed", "skipped"], started: float, detail: str) -> None:
        if self._observer is None:
            return
        elapsed = None if status == "skipped" else round((time.monotonic() - started) * 1000, 1)
        self._observer.stage_ended(StageResult(stage, status, elapsed, visible(detail)))
