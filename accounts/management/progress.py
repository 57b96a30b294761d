"""A progress bar for a terminal: one line that is written over. Nothing where the output is no terminal."""

import time
from typing import TextIO

WIDTH = 30
EVERY = 0.1  # seconds: more often only flickers


class ProgressBar:
    def __init__(self, label: str, out: TextIO) -> None:
        self._label, self._out = label, out
        self._began = time.monotonic()
        self._shown = 0.0
        self._quiet = not out.isatty()

    def show(self, done: int, total: int | None = None) -> None:
        """`total` is None while nobody knows how much there is."""
        now = time.monotonic()
        if self._quiet or (done != total and now - self._shown < EVERY):
            return
        self._shown = now
        self._write(f"{self._label} {_bar(done, total)}{done:,}{_of(done, total, now - self._began)}")

    def end(self) -> None:
        """Leave the line empty for what comes after."""
        if not self._quiet:
            self._write("")

    def _write(self, line: str) -> None:
        # Back to the margin, the line, and what an earlier and longer one has left behind it.
        self._out.write(f"\r{line}\x1b[K")
        self._out.flush()


def _bar(done: int, total: int | None) -> str:
    if not total:
        return ""
    filled = WIDTH * done // total
    return f"[{'#' * filled}{'-' * (WIDTH - filled)}] "


def _of(done: int, total: int | None, elapsed: float) -> str:
    rate = done / elapsed if elapsed > 1 else 0.0
    parts = [] if total is None else [f" of {total:,}"]
    if rate:
        parts.append(f", {rate:,.0f} a second")
    if rate and total and total > done:
        parts.append(f", {(total - done) / rate:,.0f} s left")
    return "".join(parts)
