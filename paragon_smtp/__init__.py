"""Paragon SMTP: mail settings and account notifications."""

from paragon_smtp.celery import app as celery_app

__all__ = ["celery_app"]
