"""Administration > Monitoring > Notifications: what became of each e-mail, and what a person may do about it."""

from django.contrib import messages as flash
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.log import record
from notifications import messages, outbox, queue
from notifications.models import Notification
from notifications.views.paper import paper

VIEW, MANAGE = "notifications.view_notification", "notifications.manage_notifications"
PAGE = 50


@permission_required(VIEW, raise_exception=True)
@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    query, state = request.GET.get("q", "").strip().replace("\0", ""), request.GET.get("state", "")
    found = Notification.objects.select_related("user")
    if query:
        found = found.filter(Q(recipient__icontains=query) | Q(message_id__icontains=query) | Q(queue_id=query))
    by_state = dict(found.values_list("state").annotate(Count("pk")).order_by())
    counts = [{"value": "", "label": _("All"), "count": sum(by_state.values())}]
    counts += [
        {"value": value, "label": label, "count": by_state.get(value, 0)} for value, label in Notification.State.choices
    ]
    if state in Notification.State.values:
        found = found.filter(state=state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/list.html", {"page_obj": page, "q": query, "state": state, "counts": counts})


@permission_required(VIEW, raise_exception=True)
@require_GET
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Notification.objects.select_related("user"), pk=pk)
    context = {
        "notification": row,
        "attempts": row.attempts.all(),
        "subject": messages.render(row, preview=True).subject,
    }
    return render(request, "notifications/detail.html", context)


@permission_required(VIEW, raise_exception=True)
@require_GET
def preview_text(_request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Notification.objects.select_related("user"), pk=pk)
    return HttpResponse(messages.render(row, preview=True).text, content_type="text/plain; charset=utf-8")


@paper
@permission_required(VIEW, raise_exception=True)
@require_GET
def preview_html(_request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Notification.objects.select_related("user"), pk=pk)
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
    return redirect("notifications:detail", pk=pk)


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
    return redirect("notifications:detail", pk=pk)


@permission_required(MANAGE, raise_exception=True)
@require_POST
def try_now(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        queue.try_now()
        record("queue.tried_now")
    flash.info(request, _("A worker tries now."))
    return redirect("notifications:list")
