"""The Celery application: `celery -A paragon_smtp worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")

app = Celery("paragon_smtp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
