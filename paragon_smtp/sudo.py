"""Puts the question for the password before the pages that `urls.py` names."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts import sudo
from paragon_smtp.urls import ASKS_FOR_PASSWORD


class SudoMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        if request.method != "POST" or not request.user.is_authenticated or request.resolver_match is None:
            return None
        concerns = ASKS_FOR_PASSWORD.get(request.resolver_match.view_name)
        if concerns is None:
            return None
        if sudo.CARRIED in request.POST:
            return sudo.answered(request)
        if sudo.confirmed_lately(request) or not concerns(request, kwargs):
            return None
        return sudo.question(request)
