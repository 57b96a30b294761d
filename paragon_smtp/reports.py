"""What Django may show of a failed request, in its debug page and its error reports: the traceback, and no values."""

import re
from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class ReportFilter(SafeExceptionReporterFilter):
    """Django's own filter guesses from names and rests while DEBUG is on. A value that is not there needs no guess."""

    # The addresses of database and broker may hold a password, and so may what a container's environment hands over.
    hidden_settings = re.compile(SafeExceptionReporterFilter.hidden_settings.pattern + "|URL|DSN|COOKIE", re.I)

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:  # noqa: ARG002
        return dict[str, Any]().items()
