"""What an e-mail says: subject, text and HTML in the user's language, from a notification and its facts.

The texts are in `templates/emails/`. How a message is put together is in `mime.py`, how thousands of one kind are made
quickly in `moulds.py`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import pgettext

from notifications import links
from notifications.leased import Leased
from notifications.mime import Content
from notifications.models import Notification
from notifications.people import name_of, time_zone_of


def render(notification: Notification, *, preview: bool = False) -> Content:
    """The content of a notification; in a preview one-time links are masked."""
    with translation.override(notification.language):
        return fill_in(notification.kind, context_of(notification, preview=preview))


def render_content(kind: str, facts: Mapping[str, Any]) -> Content:
    """The content of a kind with these facts; the language is the one that is active."""
    return fill_in(kind, context(facts, translation.get_language() or settings.LANGUAGE_CODE))


def context_of(notification: Notification | Leased, *, preview: bool = False) -> dict[str, Any]:
    facts = {name: _fact(value) for name, value in notification.facts.items() if value is not None}
    name = facts.pop("link", "")
    link = ""
    if name:
        link = links.masked() if preview else links.make(name, notification.user, notification.recipient)
    about = {"user": notification.user, "link": link, "at": notification.created_at}
    return context(about | facts, notification.language)


def context(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the templates are given: texts of one line, the times among them as the user's clock shows them."""
    user = facts.get("user")
    zone = time_zone_of(user)
    values = {
        "product_name": settings.PRODUCT_NAME,
        "portal_url": settings.PORTAL_URL,
        "support_contact": settings.SUPPORT_CONTACT,
        "language": language,
        "zone": zone,
        "name": _one_line(name_of(user)),
        "email": _one_line(getattr(user, "email", "")),
        "link": "",
    }
    for name, value in facts.items():
        if name == "user" or value is None or value == "":
            continue
        if isinstance(value, datetime):
            values[name] = moment(value.replace(second=0, microsecond=0), zone, language)
        else:
            values[name] = _one_line(value) if isinstance(value, str) else value
    return values


def fill_in(kind: str, values: Mapping[str, Any]) -> Content:
    """The three templates of a kind, filled in; the language is the one that is active."""
    bidi = translation.get_language_bidi()
    # Outlook knows no logical sides.
    given = {**values, "bidi": bidi, "start": "right" if bidi else "left"}
    given["subject"] = " ".join(render_to_string(f"emails/{kind}.subject.txt", given).split())
    text = re.sub(r"\n{3,}", "\n\n", render_to_string(f"emails/{kind}.txt", given)).strip() + "\n"
    html = render_to_string(f"emails/{kind}.html", given).strip() + "\n"
    return Content(given["subject"], text, html)


def _one_line(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=1024)
def moment(at: datetime, zone: str, language: str) -> str:
    """A time as the e-mails show it, by the clock of its reader."""
    with translation.override(language), timezone.override(zone):
        # Translators: how a date and a time are written; the letters are those of Django's `date` filter.
        return date_format(timezone.localtime(at), pgettext("in an e-mail", "j F Y, H:i"))


def _fact(value: Any) -> Any:
    """Facts are JSON: what was a time is one again."""
    if isinstance(value, str) and "T" in value:
        try:
            return parse_datetime(value) or value
        except ValueError:
            return value
    return value
