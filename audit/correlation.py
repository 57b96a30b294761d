"""One opaque name for everything that a request brings about: in the log, in the outbox, in the worker's log.

The database is the queue, so what waits there carries the name; whoever takes it up goes on under it.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
LIMIT = 64
_current: ContextVar[str] = ContextVar("correlation_id", default="")
_GIVEN = re.compile(rf"[A-Za-z0-9._-]{{8,{LIMIT}}}")


def current_id() -> str:
    """The name under which this is done; empty where nobody has given one."""
    return _current.get()


def begin(correlation_id: str) -> None:
    """From here on, everything in this thread is done and logged under this name; under none when it is empty."""
    _current.set(correlation_id)


@contextmanager
def following(correlation_id: str) -> Iterator[None]:
    """Within it, everything is done and logged under this name."""
    if not correlation_id:
        yield
        return
    token = _current.set(correlation_id)
    try:
        yield
    finally:
        _current.reset(token)


class CorrelationMiddleware:
    """Takes the name that one of TRUSTED_PROXIES gives, makes one otherwise, and answers with it.

    What others send as theirs has been put away before (`ProxyMiddleware`): nobody chooses under which name the log
    finds them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "") if getattr(settings, "TRUSTED_PROXIES", ()) else ""
        correlation_id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        with following(correlation_id):
            response = self.get_response(request)
        response[HEADER] = correlation_id
        return response
