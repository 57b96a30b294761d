"""What goes by the clock stays right in what templates remember, however long that is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.template import Context, Template
from django.utils import timezone, translation

from paragon_smtp import moments

NOON = datetime(2026, 11, 23, 12, 0, 0, 700_000, tzinfo=UTC)
KEPT = Template(
    "{% load cache ui %}{% cache None outer key %}"
    "<b>{% cache None inner key %}{% moment at %}{% endcache %}</b>{% clock_time at %}"
    "{% endcache %}"
)
PLAIN = Template("{% load ui %}<b>{% moment at %}</b>{% clock_time at %}")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_it_says_what_is_said_where_nothing_is_remembered(language: str, clock: time_machine.Traveller) -> None:
    with translation.override(language), timezone.override("Asia/Tokyo"):
        for passed in (0, 61, 299, 3700, 7300, 40_000, 86_500, 9_000_000):
            clock.move_to(NOON + timedelta(seconds=passed))
            kept, plain = KEPT.render(Context({"at": NOON, "key": language})), PLAIN.render(Context({"at": NOON}))
            assert kept == plain
    assert len(caches["template_fragments"]._cache) == 2  # type: ignore[attr-defined]


def test_what_is_remembered_tells_the_time_of_its_reader(clock: time_machine.Traveller) -> None:
    shown = [KEPT.render(Context({"at": NOON}))]
    for passed in (4, 26 * 60, 24 * 60 * 60):
        clock.shift(timedelta(minutes=passed))
        shown.append(KEPT.render(Context({"at": NOON - timedelta(days=900)})))  # which is not looked at any more
    told = [text.partition('">')[2].partition("<")[0].replace("\xa0", " ") for text in shown]
    assert told == ["just now", "4 minutes ago", "23 November 2026, 12:00", "23 November 2026, 12:00"]
    assert all(">12:00</time>" in text for text in shown[:2])
    assert ">23 November 2026, 12:00</time>" in shown[2]


@pytest.mark.parametrize(
    "typed", ["\x02a999999999999\x03", "\x02s-999999999\x03", "\x02a\x03", "\x02", "\x02a1\x03\x03"]
)
def test_no_text_that_somebody_typed_breaks_a_page(typed: str) -> None:
    page = Template("{% load cache ui %}{% cache None typed typed %}<p>{{ typed }}</p>{% endcache %}")
    shown = [page.render(Context({"typed": typed})) for _ in range(2)]
    assert shown[0] == shown[1]
    assert shown[0].startswith("<p>")
    assert shown[0].endswith("</p>")


@pytest.mark.parametrize("year", [1950, 1969, 9999])
def test_times_of_any_certificate_can_be_told(year: int) -> None:
    at = datetime(year, 6, 1, 10, 30, tzinfo=UTC)
    with moments.marked():
        parts = moments.taken_apart(f"<p>{moments.ago(at)}</p>")
    assert len(parts) == 4
    assert moments.put_together(parts) == f"<p>{moments.ago(at)}</p>" == f"<p>1 June {year}, 10:30</p>"
