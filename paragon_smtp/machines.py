"""The pages for machines: whether this process lives, and how the whole is doing."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from paragon_smtp import readiness


@login_not_required
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """503 only when no page could work: a balancer takes this process out of use then, and would gain nothing else."""
    found = readiness.findings()
    status = readiness.overall(found)
    checks = {finding.name: {"status": finding.status, "detail": finding.detail} for finding in found}
    return JsonResponse({"status": status, "checks": checks}, status=503 if status == readiness.UNAVAILABLE else 200)
