"""Run the named benchmarks, or all, and print a table. Fails when a goal is missed."""

from __future__ import annotations

import os
import sys

# First: it prepares the environment that Django's settings read.
import tests.environment  # noqa: F401 - for its effect
from benchmarks.registry import Figure, found


def main(names: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")
    known = found()
    if unknown := [name for name in names if name not in known]:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    met = True
    print(f"{'measured':<58} {'figure':>14} {'goal':>10}  verdict")
    for name in names or known:
        for figure in known[name]():
            print(_row(figure), flush=True)
            met = met and figure.met
    return 0 if met else 1


def _row(figure: Figure) -> str:
    bound = ">=" if figure.more_is_better else "<="
    goal = "" if figure.goal is None else f"{bound} {figure.goal:g}"
    verdict = "" if figure.goal is None else "met" if figure.met else "MISSED"
    return f"{figure.name:<58} {figure.value:>8.2f} {figure.unit:<5} {goal:>10}  {verdict}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
