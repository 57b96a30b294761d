"""The same project with django-post_office in it; its tuning comes from the benchmark."""

import os

from paragon_smtp.settings import *  # noqa: F403
from paragon_smtp.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "post_office"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ.get("BENCH_PORT", "25"))
POST_OFFICE = {
    "LOG_LEVEL": 0,  # no row for each message sent
    "BATCH_SIZE": int(os.environ.get("BENCH_BATCH", "5000")),
    "THREADS_PER_PROCESS": int(os.environ.get("BENCH_THREADS", "5")),
    "BATCH_DELIVERY_TIMEOUT": 600,
}
