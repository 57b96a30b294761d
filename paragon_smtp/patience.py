"""For how long a page waits for an answer of the database.

One that takes the connection and then says nothing would else hold every thread of the web server, and with them
`/readyz`, which has to tell of it. Workers and commands wait as long as it takes: nobody watches them.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

# The limit for each answer, and the time at which all of them end.
_limits: ContextVar[tuple[float, float] | None] = ContextVar("patience", default=None)
COME_BACK = 10  # seconds


def seconds() -> float | None:
    """For the next answer; None without a limit, 0 when there is nothing left."""
    limits = _limits.get()
    if limits is None:
        return None
    each, end = limits
    return max(0.0, min(each, end - time.monotonic()))


@contextmanager
def at_most(each: float, in_all: float = math.inf) -> Iterator[None]:
    token = _limits.set((each, time.monotonic() + in_all))
    try:
        yield
    finally:
        _limits.reset(token)


class PatienceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with at_most(settings.DATABASE_PATIENCE):
            return self.get_response(request)


def failed(request: HttpRequest) -> HttpResponse:
    """The page in place of one that failed: where the database is what failed it says so, and when to come back."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(COME_BACK)})
