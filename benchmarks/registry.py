"""What a benchmark is, and which ones there are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import benchmarks


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `goal`: what it may not exceed, or must reach where `more_is_better`; None: only told."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False

    @property
    def met(self) -> bool:
        if self.goal is None:
            return True
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal


Benchmark = Callable[[], Iterable[Figure]]
_FOUND: dict[str, Benchmark] = {}


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    def register(function: Benchmark) -> Benchmark:
        _FOUND[name] = function
        return function

    return register


def found() -> dict[str, Benchmark]:
    """Every benchmark of the package, by name."""
    for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks."):
        if module.name != "benchmarks.__main__":
            importlib.import_module(module.name)
    return _FOUND
