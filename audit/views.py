"""Administration > Monitoring > Audit Trail: who did what, when and from where."""

from typing import cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_POST, require_safe

from audit import export, trail
from audit.download import download
from audit.forms import CriteriaForm
from audit.log import record
from audit.trail import Criteria

PERMISSION = "audit.view_entry"
FORMATS = {"csv": export.as_csv, "jsonl": export.as_json_lines}


@permission_required(PERMISSION, raise_exception=True)
@require_safe
def audit_trail(request: HttpRequest) -> HttpResponse:
    # Making a form costs as much as the questions: an address that asks for nothing needs one only to draw it.
    form = cast(CriteriaForm, SimpleLazyObject(lambda: CriteriaForm(request.GET)))
    criteria = form.criteria() if request.GET else Criteria()
    before = request.GET.get("before", "")
    first = not (before.isascii() and before.isdecimal() and len(before) < 19)
    context = {
        "form": form,
        "wrong": bool(request.GET and form.errors),
        "criteria": criteria,
        "first": first,
        "page": trail.page(criteria, None if first else int(before)),
    }
    return render(request, "audit/trail.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def export_trail(request: HttpRequest) -> HttpResponseBase:
    """A POST, because it is a deed that the trail records itself."""
    if request.POST.get("format") not in FORMATS:
        return HttpResponseBadRequest("The format has to be csv or jsonl.", content_type="text/plain")
    kind = request.POST["format"]
    criteria = CriteriaForm(request.POST).criteria()
    record("audit_trail.exported", target=kind, changes=criteria.parameters())
    return download("audit-trail", kind, FORMATS[kind](trail.everything(criteria)))
