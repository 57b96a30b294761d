"""The WSGI application."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")

# What gunicorn takes for "this worker cannot boot": it ends then; after any other code it would try again for ever.
CANNOT_BOOT = 3


def below_prefix(handler: WSGIApplication, prefix: str) -> WSGIApplication:
    """The same for a proxy that passes the portal's path on and for one that strips it; health checks come without."""

    def handle(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path[len(prefix) :] or "/"
        return handler(environ, start_response)

    return handle if prefix else handler


try:
    application = below_prefix(get_wsgi_application(), settings.PATH_PREFIX)
except ImproperlyConfigured as error:
    sys.stderr.write(f"Paragon SMTP cannot start: {error}\n")
    sys.exit(CANNOT_BOOT)
