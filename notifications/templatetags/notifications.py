"""What other pages show of mail: the status line, the last tests, what happened to a user."""

from datetime import datetime
from typing import Any, NamedTuple

from django import template
from django.core.cache import caches
from django.core.cache.utils import make_template_fragment_key
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from notifications import fates, queue, telling, timeline
from notifications.glance import Glance, glance
from notifications.last_tests import last_tests as newest
from notifications.last_tests import state_of_tests
from notifications.mended_in import Field, field_of
from notifications.models import Notification
from notifications.operation import server_check
from notifications.renewal import renewal
from settings_app.models import SMTPSettings

register = template.Library()


@register.inclusion_tag("notifications/delivery_status.html", takes_context=True)
def delivery_status(context: Context, status: queue.Status | None = None) -> dict[str, Any]:
    seen = _seen(context)
    status = status or queue.status(seen=seen)
    return {"status": status, "perms": context.get("perms"), **renewal(context["request"], status, seen)}


@register.simple_tag(takes_context=True)
def mail_glance(context: Context) -> Glance | None:
    """The one that the view has taken already, if it has; nothing for whoever may not see the notifications."""
    return _seen(context) or (glance() if "notifications.view_notification" in context["perms"] else None)


@register.simple_tag
def mail_count(mail: Glance, renewed: bool = False) -> SafeString:
    """The number beside the navigation's link; `renewed`: for htmx to put in its place."""
    swap = SafeString(' hx-swap-oob="true"') if renewed else ""
    if not mail.count:
        return format_html('<span id="mail-count"{}></span>', swap)
    look = f" is-{mail.kind}" if mail.kind else ""
    both = format_html('<span aria-hidden="true">{}</span><span class="vh">({})</span>', mail.count, mail.count_text)
    return format_html('<span class="count{}" id="mail-count"{}>{}</span>', look, swap, both)


def _seen(context: Context) -> Glance | None:
    seen = context.get("mail")
    return seen if isinstance(seen, Glance) else None


@register.inclusion_tag("notifications/last_tests.html")
def last_tests(test: Any = None, state: str = "") -> dict[str, Any]:
    """The list, with the test that is shown beside it marked. `state`: the one below, where it is known."""
    # The query is a dear one, and what it finds changes with a test alone: but for a name, which may be late.
    name = make_template_fragment_key("tests", [get_language(), state or state_of_tests()])
    tests = caches["template_fragments"].get_or_set(name, lambda: tuple(newest()), 300)
    return {"tests": tests, "shown": getattr(test, "pk", None)}


class MailState(NamedTuple):
    status: queue.Status
    check: server_check.Outlook


@register.simple_tag
def mail_state(stored: SMTPSettings, seen: Glance | str) -> MailState:
    """What the two below show on the settings page; in words, it tells them from what they showed before.

    `seen`: what the navigation shows, where its reader may see it.
    """
    known = seen if isinstance(seen, Glance) else None
    return MailState(queue.status(stored, known), server_check.outlook(stored))


@register.simple_tag
def last_tests_state() -> str:
    """What the list is drawn from, in short: it stays as it is while this does."""
    return state_of_tests()


@register.inclusion_tag("notifications/server_check.html")
def server_check_result(check: server_check.Outlook) -> dict[str, Any]:
    return {"check": check}


@register.simple_tag
def mended_in(cause: str) -> Field | None:
    return field_of(cause)


@register.simple_tag
def title_of(cause: str) -> str:
    return telling.title_of(cause)


@register.simple_tag
def remedy_of(cause: str) -> str:
    return telling.remedy_of(cause)


@register.simple_tag(takes_context=True)
def fate(context: Context, notification: Notification) -> str:
    """Why a notification has not reached its reader; empty for one that was delivered."""
    if notification.state == Notification.State.DELIVERED:
        return ""
    return fates.reason(notification, queue.status(seen=_seen(context)))


@register.simple_tag(takes_context=True)
def happened_to(context: Context, user: Any) -> timeline.Happened:
    moment = _moment(context["request"].GET.get("before", ""))
    return timeline.Happened(user, timeline.newest(user, moment), queue.status(seen=_seen(context)), moment)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None
