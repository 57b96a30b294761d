"""What lists are made of, as tags rather than templates of their own: what stands in every row has to cost little.

Knows URLs in general, none of the apps.
"""

import functools
import hashlib
import io
import pickle
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.template.context import Context
from django.urls import get_script_prefix, reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from audit.rows import Rows
from paragon_smtp.templatetags.ui import icon

register = template.Library()

# Stands in an address for the number of a row.
NUMBER = 987654321

BADGES = {"ok": "check", "warn": "clock", "bad": "alert", "go": "send"}


@register.simple_tag
@functools.lru_cache(maxsize=200)
def badge(kind: str, text: str) -> SafeString:
    """A state in a word, told by its drawing as well as by its colour."""
    look = f" is-{kind}" if kind else ""
    return format_html('<span class="badge{}">{}{}</span>', look, icon(BADGES.get(kind, "dash")), text)


@register.simple_tag
def contents(*things: Any) -> str:
    """All that these hold, in short: what is drawn from nothing else stays as it is while this does."""
    written = io.BytesIO()
    _Writer(written, pickle.HIGHEST_PROTOCOL).dump(
        [each if isinstance(each, str) else _listed(each) for each in things]
    )
    return hashlib.blake2b(written.getbuffer(), digest_size=16).hexdigest()


def _listed(thing: Any) -> Any:
    if isinstance(thing, Rows):
        return thing.raw
    return list(thing) if isinstance(thing, Iterable) and not isinstance(thing, str | dict) else thing


class _Writer(pickle.Pickler):
    """Of a row, its columns and the rows that it leads to; never read again."""

    def reducer_override(self, thing: Any) -> Any:
        if not isinstance(thing, Model):
            return NotImplemented
        columns = [value for name, value in vars(thing).items() if name != "_state"]
        return tuple, ((type(thing).__name__, *columns, *thing._state.fields_cache.values()),)


@register.simple_tag
def address(name: str, number: int | None = None) -> str:
    """A page, or that of a row, as `url` says it, which would look it up anew each time."""
    before, after = _around(name, number is not None, settings.ROOT_URLCONF, get_script_prefix())
    return before if number is None else f"{before}{int(number)}{after}"


@functools.cache
def _around(name: str, of_a_row: bool, _urls: str, _prefix: str) -> tuple[str, str]:
    before, _number, after = reverse(name, args=[NUMBER] if of_a_row else []).partition(str(NUMBER))
    return before, after


@register.simple_tag(takes_context=True)
def tabs(context: Context, label: str, found: Iterable[tuple[str, Any, Any]], chosen: str) -> SafeString:
    """One link for each state, with its number; each keeps what else is searched for. found: value, label, number."""
    request: HttpRequest = context["request"]
    kept = [(name, value) for name, values in request.GET.lists() for value in values if name not in ("state", "page")]
    links = format_html_join(
        "",
        '<li><a href="{}?{}#found"{}>{} <span class="n">{}</span></a></li>',
        (
            (
                request.path,
                urlencode([*kept, ("state", value)] if value else kept),
                CURRENT if value == chosen else "",
                name,
                number if isinstance(number, str) else number_format(number, use_l10n=True, force_grouping=True),
            )
            for value, name, number in found
        ),
    )
    return format_html('<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>', label, links)


CURRENT = SafeString(' aria-current="page"')


@register.simple_tag
def changes(lines: Iterable[tuple[str, str, str]]) -> SafeString:
    """What a deed changed. lines: field, old value (empty where only one is known), new value."""
    # Each value by itself, so that old and new stand in the order in which the reader's language is read.
    old_one = (
        '<span class="vh">{}</span> <bdi>{}</bdi> '
        '<span class="onward" aria-hidden="true">→</span><span class="vh">{}</span> '
    )
    before, after = _("from"), _("to")
    return format_html(
        '<ul class="values">{}</ul>',
        format_html_join(
            "",
            '<li class="note"><span class="code">{}</span> {}<bdi>{}</bdi></li>',
            ((name, format_html(old_one, before, old, after) if old else "", new) for name, old, new in lines),
        ),
    )
