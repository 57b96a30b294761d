"""One line in the log for each request: what was asked, how it was answered, how long it took."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from paragon_smtp.logs import route_of

# Asked every few seconds by machines; their lines would bury the others.
QUIET = {"healthz", "readyz", "metrics"}

logger = logging.getLogger(__name__)


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = self.get_response(request)
        route = route_of(request)
        if route not in QUIET:
            ms = round((time.monotonic() - started) * 1000, 1)
            fields = {"method": request.method, "route": route, "status": response.status_code, "ms": ms}
            logger.info("Request answered", extra=fields)
        return response
