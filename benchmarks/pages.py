"""What the server needs for each page, beside an empty view behind the same middleware, session and database."""

from __future__ import annotations

import logging
import math
import statistics
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from benchmarks.registry import Figure, benchmark

if TYPE_CHECKING:
    from django.test import Client

ROUNDS, WARM_UP = 60, 3
GOAL = 2.0
EMPTY = "/empty/"
# What changes without its key is remembered no longer than this, but for names in the last tests (architecture.md).
BY_THE_CLOCK = 30  # seconds


def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!DOCTYPE html><title>Empty</title>")


def _urls() -> ModuleType:
    """Ours, and the empty view beside them."""
    from django.urls import include, path

    urls = ModuleType("urls")
    urls.urlpatterns = [path("empty/", empty), path("", include("paragon_smtp.urls"))]  # type: ignore[attr-defined]
    return urls


@benchmark("pages")
def pages() -> Iterator[Figure]:
    import django

    django.setup()
    from django.test import Client
    from django.test.runner import DiscoverRunner
    from django.test.utils import override_settings

    from tests.pages import example

    logging.getLogger("paragon_smtp").setLevel(logging.ERROR)
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with override_settings(ROOT_URLCONF=_urls(), ALLOWED_HOSTS=["*"]):
            ingrid = example.first_run()
            of = example.in_use(ingrid)
            client = Client()
            client.force_login(ingrid)
            paths = {"empty": EMPTY} | {name: of.path(name) for name in example.PAGES}
            times = _interleaved(client, paths, lambda: None)
            forgetting = {
                "after half a minute": _interleaved(client, paths, lambda: _forget(BY_THE_CLOCK)),
                "with nothing remembered": _interleaved(client, paths, lambda: _forget(math.inf)),
            }
    finally:
        runner.teardown_databases(databases)
    yield Figure("pages, an empty view: median", times["empty"] * 1000, "ms")
    for name in example.PAGES:
        yield Figure(f"pages, {name}: times the empty view's", times[name] / times["empty"], "", GOAL)
    for when, times in forgetting.items():
        for name in list(times)[1:]:
            yield Figure(f"pages, {name} {when}", times[name] / times["empty"], "")


def _forget(longest: float) -> None:
    """What is remembered for so many seconds at most."""
    from django.core.cache import caches

    remembered: Any = caches["template_fragments"]
    for key, until in [*remembered._expire_info.items()]:
        if (until or math.inf) - time.time() <= longest:
            remembered.delete(key.rpartition(":")[2])


def _interleaved(client: Client, paths: dict[str, str], before: Callable[[], None]) -> dict[str, float]:
    """The median of each, taken in turns, so that whatever else the machine does falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in paths}
    for number in range(ROUNDS + WARM_UP):
        for name, address in paths.items():
            before()
            started = time.perf_counter()
            answer = client.get(address)
            if number >= WARM_UP:
                taken[name].append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"The page {name} at {address} answered {answer.status_code}.")
    return {name: statistics.median(times) for name, times in taken.items()}
