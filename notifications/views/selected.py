"""One deed to several notifications: first what would follow, then, by POST, the deed.

To those that were ticked, or to all that fit what is searched for: those up to the newest one that there was when the
question was asked.
"""

import time
from urllib.parse import urlencode

from django.contrib import messages as flash
from django.contrib.auth.decorators import permission_required
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from notifications.deeds import DEEDS, Deed
from notifications.forms import CriteriaForm
from notifications.models import Notification
from notifications.search import Criteria, batches
from notifications.views.outbox import MANAGE, PAGE, kept

# A request ends well before any server loses its patience; the rest is asked for again.
SECONDS = 10


@permission_required(MANAGE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def selected(request: HttpRequest) -> HttpResponse:
    values = request.GET if request.method == "GET" else request.POST
    criteria = CriteriaForm(values).criteria()
    deed = DEEDS.get(values.get("deed", ""))
    newest = _number(values.get("newest", "")) if values.get("all") else None
    rows = _rows(values, criteria, newest)
    if deed is None or rows is None:
        flash.info(request, _("Tick the notifications, choose what to do with them, then press Continue."))
        return redirect(_list(criteria, values))
    if request.method == "POST":
        return _perform(request, deed, rows, criteria)
    return _ask(request, deed, rows, criteria)


def _ask(request: HttpRequest, deed: Deed, rows: QuerySet[Notification], criteria: Criteria) -> HttpResponse:
    found, possible = rows.count(), rows.filter(deed.possible)
    everything = bool(request.GET.get("all"))
    able = set() if everything else set(possible.values_list("pk", flat=True))
    hidden = [("deed", deed.name), *criteria.parameters().items(), ("page", request.GET.get("page", ""))]
    if everything:
        hidden += [("all", "1"), ("newest", str(rows.aggregate(newest=Max("pk"))["newest"] or 0))]
    else:
        hidden += [("pk", str(key)) for key in able]
    context = {
        "deed": deed,
        "found": found,
        "possible": possible.count() if everything else len(able),
        "everything": everything,
        "rows": [] if everything else [(row, "" if row.pk in able else deed.impossible) for row in rows],
        "hidden": hidden,
        "back": _list(criteria, request.GET),
    }
    return render(request, "notifications/selected.html", context)


def _perform(request: HttpRequest, deed: Deed, rows: QuerySet[Notification], criteria: Criteria) -> HttpResponse:
    begun, done, next_one = time.monotonic(), 0, None
    for batch in batches(rows.filter(deed.possible)):
        if time.monotonic() - begun > SECONDS:
            next_one = batch[0].pk
            break
        done += deed.do([row.pk for row in batch])
    text = ngettext(
        "%(deed)s: done for %(count)d notification.", "%(deed)s: done for %(count)d notifications.", done
    ) % {"deed": deed.label, "count": done}
    (flash.success if done else flash.info)(request, text)
    if next_one is not None:
        flash.warning(request, _("There are more than one go can do. Continue with the rest here."))
        rest = {"deed": deed.name, "all": "1", "newest": str(next_one)} | criteria.parameters()
        return redirect(f"{reverse('notifications:selected')}?{urlencode(rest)}")
    return redirect(_list(criteria, request.POST))


def _rows(values: QueryDict, criteria: Criteria, newest: int | None) -> QuerySet[Notification] | None:
    """Those that were chosen; None where none was."""
    if values.get("all"):
        found = criteria.rows()
        return found.filter(pk__lte=newest) if newest is not None else found
    keys = [number for key in values.getlist("pk")[:PAGE] if (number := _number(key)) is not None]
    found = Notification.objects.filter(pk__in=keys)
    return found if found.exists() else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _list(criteria: Criteria, values: QueryDict) -> str:
    """The list as it was when they were chosen."""
    return reverse("notifications:list") + kept(criteria, values)
