"""The stages of a test on a console: drawn anew in their places on a terminal, one line after another elsewhere."""

import shutil
import textwrap
from typing import Any

from django.core.management.base import OutputWrapper
from django.core.management.color import Style

MARKS = {"ok": "✓", "failed": "✗", "skipped": "-", "running": "…", "idle": " "}
_UP, _CLEAR = "\x1b[{}A", "\r\x1b[K"


def wrapped(text: str, width: int = 0, indent: int = 0) -> str:
    """For a person who reads it on a terminal, of whatever width."""
    columns = min(width or shutil.get_terminal_size().columns, 100)
    return textwrap.fill(
        text,
        max(columns, indent + 20),
        subsequent_indent=" " * indent,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )


class StageList:
    """`live`: on a terminal, which can be written over. `silent`: nothing is written at all."""

    def __init__(
        self, out: OutputWrapper, style: Style, order: list[str], *, live: bool = False, silent: bool = False
    ) -> None:
        self._out, self._style, self._live, self._silent = out, style, live, silent
        self._seen: dict[str, dict[str, Any]] = {}
        self._drawn = False
        self._order = order

    def show(self, stage: dict[str, Any]) -> None:
        """What is known of a stage now; said again, it changes nothing."""
        if self._silent or self._seen.get(stage["name"]) == stage:
            return
        self._seen[stage["name"]] = stage
        if self._live:
            self._draw()
        elif stage["status"] != "running":
            self._out.write(self._line(stage))

    def finish(self, stages: list[dict[str, Any]]) -> None:
        """On a terminal the last drawing: all that is known, in which nothing is cut any more."""
        if self._live:
            self._seen = {stage["name"]: stage for stage in stages}
            self._draw(whole=True)

    def _draw(self, *, whole: bool = False) -> None:
        idle = {"status": "idle", "elapsed_ms": None, "detail": ""}
        lines = [self._line(self._seen.get(name, {"name": name, **idle}), whole=whole) for name in self._order]
        if self._drawn:
            self._out.write(_UP.format(len(lines)), ending="")
        self._drawn = True
        for line in lines:
            self._out.write(_CLEAR + line.replace("\n", f"\n{_CLEAR}"))
        self._out.flush()

    def _line(self, stage: dict[str, Any], *, whole: bool = False) -> str:
        took = "" if stage["elapsed_ms"] is None else f"{stage['elapsed_ms']:.1f} ms"
        line = f"{MARKS[stage['status']]} {stage['name']:<13}{took:>10}  {stage['detail']}".rstrip()
        if self._live:
            # While it is drawn anew, a line that wraps would move the others from their places.
            columns = shutil.get_terminal_size().columns - 1
            line = wrapped(line, columns, indent=26) if whole else line[:columns]
        style = {"ok": self._style.SUCCESS, "failed": self._style.ERROR}.get(stage["status"], str)
        return str(style(line))
