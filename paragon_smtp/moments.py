"""Times as people say them, also in what templates remember: a mark stands there for each until it is shown."""

import functools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain, zip_longest
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400
# What is said of which second since 1970; no text that people write holds these characters by chance.
_MARK = re.compile("\x02([as])(-[0-9]{1,9}|[0-9]{1,12})\x03")
_LAST = int(datetime(9999, 12, 30, tzinfo=UTC).timestamp())
_marking: ContextVar[bool] = ContextVar("marking", default=False)


def ago(at: datetime) -> str:
    """ "4 minutes ago" within a day, then the date."""
    return _mark("a", at) if _marking.get() else _ago(at.timestamp(), _Reader.of_now())


def since(at: datetime) -> str:
    """As "since" wants it: of today the hour alone."""
    return _mark("s", at) if _marking.get() else _since(at.timestamp(), _Reader.of_now())


def element(at: datetime) -> SafeString:
    """The beginning of its element, which tells it exactly."""
    return _written(at, timezone.get_current_timezone(), get_language())[1]


@contextmanager
def marked() -> Iterator[None]:
    """Within it marks stand for what goes by the clock."""
    token = _marking.set(True)
    try:
        yield
    finally:
        _marking.reset(token)


def taken_apart(text: str) -> tuple[str, ...]:
    """At its marks: text, the sort and the second of a mark, text, and so on."""
    return tuple(_MARK.split(text))


def put_together(parts: Sequence[str]) -> str:
    """As it is to be read now; with its marks where it becomes a part of what is marked itself."""
    if len(parts) == 1:
        return parts[0]
    marks = zip(parts[1::3], parts[2::3], strict=True)
    if _marking.get():
        told = [f"\x02{sort}{second}\x03" for sort, second in marks]
    else:
        reader = _Reader.of_now()
        told = [(_ago if sort == "a" else _since)(min(int(second), _LAST), reader) for sort, second in marks]
    return "".join(chain.from_iterable(zip_longest(parts[::3], told, fillvalue="")))


class _Reader(NamedTuple):
    now: float
    zone: tzinfo
    language: str

    @classmethod
    def of_now(cls) -> "_Reader":
        return cls(timezone.now().timestamp(), timezone.get_current_timezone(), get_language())


def _mark(sort: str, at: datetime) -> str:
    return f"\x02{sort}{int(at.timestamp())}\x03"


def _ago(second: float, reader: _Reader) -> str:
    passed = reader.now - second
    if abs(passed) < MINUTE:
        return _said(0, reader.language)
    if abs(passed) < DAY:
        # Not told more exactly, so it need not be asked anew.
        unit = MINUTE if abs(passed) < HOUR else HOUR
        return _said(int(passed / unit) * unit, reader.language)
    return _written(_at(second), reader.zone, reader.language)[0]


def _since(second: float, reader: _Reader) -> str:
    local, today = _at(second).astimezone(reader.zone), _at(reader.now).astimezone(reader.zone).date()
    return (
        date_format(local, "H:i") if local.date() == today else _written(_at(second), reader.zone, reader.language)[0]
    )


def _at(second: float) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@functools.lru_cache(maxsize=4000)
def _written(at: datetime, zone: tzinfo, _language: str) -> tuple[SafeString, SafeString]:
    """The date in words, and the beginning of its element. Kept: pages come back to the same moments."""
    local = timezone.localtime(at, zone)
    exact = date_format(local, "j F Y, H:i:s e")
    begun = format_html('<time datetime="{}" title="{}">', local.isoformat(), exact)
    return conditional_escape(date_format(local, "j F Y, H:i")), begun


@functools.lru_cache(maxsize=1000)
def _said(seconds: int, _language: str) -> SafeString:
    if not seconds:
        return conditional_escape(_("just now"))
    # A little more than a round number: a moment passes before Django looks at its clock. Of the future, a little more.
    passed = timedelta(seconds=seconds, milliseconds=500 if seconds > 0 else -500)
    return conditional_escape(naturaltime(timezone.now() - passed))
