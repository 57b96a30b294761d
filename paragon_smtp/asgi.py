"""The ASGI application."""

import os
import sys

from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")

# What gunicorn takes for "this worker cannot boot": it ends then; after any other code it would try again for ever.
CANNOT_BOOT = 3

try:
    application = get_asgi_application()
except ImproperlyConfigured as error:
    sys.stderr.write(f"Paragon SMTP cannot start: {error}\n")
    sys.exit(CANNOT_BOOT)
