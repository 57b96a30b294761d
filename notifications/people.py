"""What a message needs to know of a user, whatever the project's user model is."""

from typing import Any

from django.conf import settings


def name_of(user: Any) -> str:
    """How a message names a person; empty for nobody."""
    return str(user.get_full_name() or user.get_username()) if user is not None else ""


def language_of(user: Any) -> str:
    return str(getattr(user, "language", "") or settings.LANGUAGE_CODE)


def time_zone_of(user: Any) -> str:
    return str(getattr(user, "time_zone", "") or settings.TIME_ZONE)
