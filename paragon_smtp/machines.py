"""The pages for machines: whether this process lives, how the whole is doing, and its figures."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from paragon_smtp import metrics, patience, readiness

PATIENCE = (3, 6)  # seconds for one answer of the database, and for all: a balancer that asks has not much more


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """503 only when no page could work: a balancer takes this process out of use then, and would gain nothing else."""
    with patience.at_most(*PATIENCE), translation.override("en"):
        found = readiness.findings()
    status = readiness.overall(found)
    checks = {finding.name: {"status": finding.status, "detail": finding.detail} for finding in found}
    return JsonResponse({"status": status, "checks": checks}, status=503 if status == readiness.UNAVAILABLE else 200)


@login_not_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Open to whoever reaches it, unless METRICS_TOKEN asks for a token."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and not constant_time_compare(given, settings.METRICS_TOKEN):
        return HttpResponse("Give METRICS_TOKEN as bearer token.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    body, content_type = metrics.render(request.headers.get("Accept", ""))
    return HttpResponse(body, content_type=content_type)
