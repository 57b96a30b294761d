"""The frame around each page: what it is drawn from, and the links of the navigation."""

import functools
from typing import NamedTuple

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_htmx.jinja import htmx_script

from paragon_smtp.templatetags.ui import icon

register = template.Library()

PAGES = ("settings_app:smtp-settings", "accounts:users", "notifications:list", "audit:trail", "accounts:own")
PERMISSIONS = (
    "settings_app.change_smtpsettings", "accounts.manage_users", "notifications.view_notification",
    "notifications.manage_notifications", "audit.view_entry",
)  # fmt: skip


class Place(NamedTuple):
    """Where a page stands: the link of the navigation that leads to it or above it, and which of both."""

    name: str = ""
    current: str = ""


class Frame(NamedTuple):
    place: Place
    # Whether somebody is signed in.
    known: bool
    # All that it is drawn from, in short.
    contents: str
    # What of `PERMISSIONS` the reader has, in short, for parts that are drawn by them.
    may: str = ""


@register.simple_tag(takes_context=True)
def frame_of(context: Context) -> Frame:
    place = _place(context["request"].path, settings.ROOT_URLCONF, get_script_prefix())
    user = context["user"]
    if not user.is_authenticated:
        return Frame(place, known=False, contents=repr(place))
    mail = context.get("mail")
    may = "".join("+" if had else "-" for had in (user.is_superuser, *map(user.has_perm, PERMISSIONS)))
    reader = (user.pk, user.get_full_name(), user.get_username(), str(user.role))
    return Frame(place, known=True, contents=repr((place, may, reader, mail and (mail.count, mail.kind))), may=may)


@register.simple_tag
@functools.cache
def head() -> SafeString:
    """What every page's head holds."""
    return render_to_string("components/head.html")


@register.simple_tag
@functools.cache
def htmx() -> SafeString:
    """For the head of a page with live parts."""
    config = '{"allowEval":false,"includeIndicatorStyles":false}'
    return format_html('<meta name="htmx-config" content="{}">{}', config, htmx_script())


@functools.lru_cache(maxsize=1000)
def _place(path: str, urls: str, prefix: str) -> Place:
    for name in PAGES:
        url = _address(name, urls, prefix)
        if url and path.startswith(url):
            return Place(name, "page" if path == url else "true")
    return Place()


@register.simple_tag
def nav_link(name: str, place: Place, picture: str, text: str, number: str = "") -> SafeString | str:
    """A link of the navigation, with a number beside it where there is one; nothing while its page does not exist."""
    url = _address(name, settings.ROOT_URLCONF, get_script_prefix())
    if not url:
        return ""
    current = format_html(' aria-current="{}"', place.current) if place.name == name else ""
    return format_html('<li><a class="nav-link" href="{}"{}>{}{}{}</a></li>', url, current, icon(picture), text, number)


@functools.cache
def _address(name: str, _urls: str, _prefix: str) -> str:
    """Looked up once, since every page asks for it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
