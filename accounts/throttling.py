"""Pages on which a stranger could guess: limited in number, and answering in steps of time, whatever they found."""

import math
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import limits


def refused(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """429, with when to come back: the same for every address."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    context = {"minutes": math.ceil(seconds / 60)}
    response = render(request, "accounts/too_many.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def limited(request: HttpRequest, deed: str, address: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """`answer()`, unless this address or this client has tried too often."""
    wait = limits.take(deed, address, client_ip(request))
    return answer() if wait is None else refused(request, wait)


def client_ip(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def even_out(begun: float) -> None:
    """Wait until a whole number of steps has passed: a few milliseconds more for an address that exists do not show."""
    step = settings.ANSWER_STEP.total_seconds()
    if step:
        taken = time.monotonic() - begun
        time.sleep(math.ceil(taken / step) * step - taken)
