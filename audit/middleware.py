"""Lets the domain functions know who asks, without handing the request through them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.context import NOT_SIGNED_IN, Context, current


class RequestContextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = request.user if request.user.is_authenticated else None
        ip = request.META.get("REMOTE_ADDR") or None
        token = current.set(Context(actor=actor, ip=ip, nobody=NOT_SIGNED_IN))
        try:
            return self.get_response(request)
        finally:
            current.reset(token)
