"""How an HTML e-mail is shown: the one page whose styles are inline, as e-mail wants them."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

# It may run and load nothing, and only we may frame it.
POLICY = {
    "sandbox": [],
    "default-src": ["'none'"],
    "script-src": None,
    "style-src": ["'unsafe-inline'"],
    "img-src": None,
    "font-src": None,
    "connect-src": None,
    "frame-src": None,
    "form-action": None,
    "base-uri": None,
    "frame-ancestors": ["'self'"],
}


def paper(view: Callable[..., HttpResponse]) -> Callable[..., Any]:
    return csp_replace(POLICY)(xframe_options_sameorigin(view))
