"""Shows pages in the language and the time zone that the account names; strangers get what their browser asks for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.fields import is_language, known_time_zones


class PersonalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if is_language(user.language):
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        # A zone that the system's data no longer knows must not close every page.
        with timezone.override(user.time_zone if user.time_zone in known_time_zones() else None):
            return self.get_response(request)
