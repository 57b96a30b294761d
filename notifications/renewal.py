"""The status line renews itself where the page has htmx: what tells one from the next, and what of it is read out."""

from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from notifications.glance import Glance
from notifications.queue import Status


def renewal(request: HttpRequest, status: Status, seen: Glance | None) -> dict[str, Any]:
    """What the line's template needs besides the status. The address that it asks says what it shows."""
    here, on_list = _page(request)
    marks = _marks(status, seen)
    before = {name: request.GET.get(name, "") for name in marks}
    asked_before = "told" in request.GET
    # Once its figures have moved, the list below is of before, and stays so.
    older = asked_before and ("older" in request.GET or before["figures"] != marks["figures"])
    return {
        "here": here,
        "on_list": on_list,
        "older": on_list and older,
        # Every count would be too much to listen to.
        "quiet": asked_before and before["told"] == marks["told"],
        "same": asked_before and before == marks,
        "renewed_at": f"{reverse('notifications:status')}?{urlencode(marks | ({'older': 1} if older else {}))}",
    }


def _marks(status: Status, seen: Glance | None) -> dict[str, str]:
    return {
        "told": _short(status.state, status.cause, status.trying, status.waiting > 0),
        "figures": _short(status.waiting, status.last_delivered, seen.failed if seen else 0),
        # "4 minutes ago" goes by the clock.
        "minute": f"{timezone.now():%H%M}",
    }


def _short(*parts: object) -> str:
    return f"{crc32(repr(parts).encode()):x}"


def _page(request: HttpRequest) -> tuple[str, bool]:
    """The page that the line stands on (where the line itself asks, htmx names it), and whether it is the list."""
    line, the_list = reverse("notifications:status"), reverse("notifications:list")
    htmx: Any = getattr(request, "htmx", None) if request.path == line else None
    here = urlsplit((htmx.current_url_abs_path if htmx else "") or request.get_full_path())
    return here._replace(fragment="").geturl(), here.path == the_list
