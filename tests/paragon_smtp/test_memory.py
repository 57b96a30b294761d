"""What templates remember is kept like Django keeps it, but for the copies."""

from typing import Any

import pytest
import time_machine
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from paragon_smtp.memory import TextCache


def make(kind: type[BaseCache], name: str) -> Any:
    made = kind(name, {"OPTIONS": {"MAX_ENTRIES": 10, "CULL_FREQUENCY": 2}})  # type: ignore[call-arg]
    made.clear()
    return made


@pytest.fixture
def both() -> list[Any]:
    return [make(TextCache, "test_memory_text"), make(LocMemCache, "test_memory_django")]


def test_it_answers_what_djangos_answers(both: list[Any]) -> None:
    told = []
    for cache in both:
        with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
            answers = [cache.get("a"), cache.set("a", "1", 30), cache.get("a"), cache.add("a", "2"), cache.get("a")]
            answers += [cache.add("b", "3", None), cache.get_or_set("c", lambda: ("4",), 5), "c" in cache]
            clock.shift(10)
            answers += [
                cache.get("a"),
                cache.get("b"),
                cache.get("c", "gone"),
                cache.add("c", "5"),
                cache.touch("a", 60),
            ]
            clock.shift(40)
            answers += [cache.get("a"), cache.get("b"), cache.delete("a"), cache.delete("a"), cache.set("d", "6", 0)]
            answers += [cache.get("d"), cache.get("a", version=2)]
        told.append(answers)
    assert told[0] == told[1]
    assert told[0][2:5] == ["1", False, "1"]


def test_it_forgets_the_longest_unused_when_it_is_full(both: list[Any]) -> None:
    kept = []
    for cache in both:
        for number in range(10):
            cache.set(str(number), "text")
        cache.get("0")
        cache.set("10", "text")
        kept.append([number for number in range(11) if cache.get(str(number))])
    assert kept[0] == kept[1]
    assert {0, 10} < set(kept[0])
    assert len(kept[0]) < 10


def test_text_is_given_back_as_it_is(both: list[Any]) -> None:
    text = "A page" * 1000
    for cache in both:
        cache.set("page", text)
    assert [cache.get("page") is text for cache in both] == [True, False]
