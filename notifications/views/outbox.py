"""Administration > Monitoring > Notifications: what became of each e-mail, and what a person may do about it."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages as flash
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.download import download
from audit.log import record
from audit.rows import row_of, rows_where
from notifications import chart, export, messages, outbox, queue
from notifications.deeds import DEEDS
from notifications.diagnosis import CAUSES
from notifications.forms import CriteriaForm
from notifications.glance import glance
from notifications.looking import MOST, Found, look
from notifications.models import Attempt, Notification
from notifications.renewal import renewal
from notifications.search import Criteria
from notifications.telling import title_of
from notifications.views.paper import paper

VIEW, MANAGE = "notifications.view_notification", "notifications.manage_notifications"
PAGE = 50
State = Notification.State


@permission_required(VIEW, raise_exception=True)
@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    # Making a form costs as much as the questions: an address that asks for nothing needs one only to draw it.
    form = cast(CriteriaForm, SimpleLazyObject(lambda: CriteriaForm(request.GET)))
    criteria = form.criteria() if request.GET else Criteria()
    found, seen = look(criteria), glance()
    paginator = Paginator((), PAGE)
    paginator.count = found.shown(criteria.state)
    page = paginator.get_page(request.GET.get("page"))
    # What is lazy here is asked for where the page is drawn, and not where it is remembered.
    context = {
        "form": form,
        "wrong": bool(request.GET and form.errors),
        "criteria": criteria,
        "parameters": criteria.parameters(),
        "kept": SimpleLazyObject(lambda: kept(criteria, request.GET)),
        "page_obj": page,
        "rows": found.page(page.number, PAGE),
        "tabs": SimpleLazyObject(lambda: _tabs(found)),
        "found": found,
        "total": SimpleLazyObject(lambda: found.said(criteria.state)),
        "further": SimpleLazyObject(lambda: _further(criteria, found)),
        "causes": SimpleLazyObject(lambda: [(code, title_of(code)) for code in CAUSES]),
        "deeds": DEEDS.values(),
        "mail": seen,
        "status": queue.status(seen=seen),
        # To count very many for every e-mail that goes out costs too much.
        "chart": chart.lately(seen, counted_at_each=found.number(State.DELIVERED) <= MOST),
    }
    return render(request, "notifications/list.html", context)


def _tabs(found: Found) -> list[tuple[str, Any, str]]:
    return [(value, label, found.said(value)) for value, label in [("", _("All")), *State.choices]]


def _further(criteria: Criteria, found: Found) -> str:
    """The search that goes on where this one stopped, for an address."""
    stopped = found.looked_back_to
    return urlencode(criteria.parameters() | {"before": stopped.isoformat()}) if stopped else ""


@permission_required(VIEW, raise_exception=True)
@require_POST
def export_notifications(request: HttpRequest) -> HttpResponseBase:
    """A POST, because it is a deed that the audit trail records."""
    criteria = CriteriaForm(request.POST).criteria()
    record("notifications.exported", target="csv", changes=criteria.parameters())
    return download("notifications", "csv", export.as_csv(criteria))


def kept(criteria: Criteria, values: QueryDict) -> str:
    """What was searched for and which page of it was shown, as an address of ours ends."""
    page = values.get("page", "")
    asked = criteria.parameters() | ({"page": page} if page.isdecimal() else {})
    return f"?{urlencode(asked, errors='replace')}" if asked else ""


def _came_from(request: HttpRequest) -> str:
    """The same of the list that led here: only what the list understands, however the address was written."""
    return kept(CriteriaForm(request.GET).criteria(), request.GET) if request.GET else ""


def _back_to(request: HttpRequest, row: Notification) -> HttpResponse:
    return redirect(reverse("notifications:detail", args=[row.pk]) + _came_from(request))


def _found(pk: int) -> Notification:
    row = row_of(Notification, pk)
    if row is None:
        raise Http404
    row.user = row_of(get_user_model(), row.user_id) if row.user_id is not None else None
    return row


@permission_required(VIEW, raise_exception=True)
@require_GET
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(pk)
    context = {
        "notification": row,
        "attempts": rows_where(Attempt, "notification_id = %s ORDER BY at, id", [pk]),
        "subject": SimpleLazyObject(lambda: messages.render(row, preview=True).subject),
        "kept": _came_from(request),
    }
    return render(request, "notifications/detail.html", context)


@permission_required(VIEW, raise_exception=True)
@require_GET
def preview_text(_request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(pk)
    return HttpResponse(messages.render(row, preview=True).text, content_type="text/plain; charset=utf-8")


@paper
@permission_required(VIEW, raise_exception=True)
@require_GET
def preview_html(_request: HttpRequest, pk: int) -> HttpResponse:
    row = _found(pk)
    return HttpResponse(messages.render(row, preview=True).html)


@permission_required(MANAGE, raise_exception=True)
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Notification, pk=pk)
    with transaction.atomic():
        if done := outbox.send_again(row):
            record("notification.sent_again", target=f"{row.kind} to {row.recipient}")
    if done:
        flash.success(request, _("The notification to %(to)s is on its way again.") % {"to": row.recipient})
    else:
        flash.warning(request, _("Nothing was sent: this notification is already waiting or under way."))
    return _back_to(request, row)


@permission_required(MANAGE, raise_exception=True)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Notification, pk=pk)
    with transaction.atomic():
        if done := outbox.cancel(row):
            record("notification.cancelled", target=f"{row.kind} to {row.recipient}")
    if done:
        flash.success(request, _("The notification to %(to)s will not be sent.") % {"to": row.recipient})
    else:
        flash.warning(request, _("Not cancelled: this notification is under way, or has ended already."))
    return _back_to(request, row)


@permission_required(VIEW, raise_exception=True)
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """The status line by itself, for a page that shows another one; else nothing, so that nothing moves."""
    seen = glance()
    mail = queue.status(seen=seen)
    line = renewal(request, mail, seen)
    if line["same"]:
        return HttpResponse(status=204)
    return render(request, "notifications/status.html", {"status": mail, "mail": seen, **line})


@permission_required(MANAGE, raise_exception=True)
@require_POST
def try_now(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        queue.try_now()
        record("queue.tried_now")
    flash.info(request, _("A worker tries now."))
    return redirect("notifications:list")
