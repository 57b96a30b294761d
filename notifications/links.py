"""Links in e-mails: made when a message is rendered, never stored, and always on the portal's own address.

Who knows how a link is made registers it here (`receivers.py` does, for the accounts of this product); another project
that uses the mail apps registers its own.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings

# The name of a link to what makes its path for a user.
_makers: dict[str, Callable[[Any], str]] = {}


def register(name: str, maker: Callable[[Any], str]) -> None:
    _makers[name] = maker


def make(name: str, user: Any) -> str:
    """The whole address. Raises KeyError for a name that nobody has registered."""
    return str(settings.PORTAL_URL) + _makers[name](user)


def masked() -> str:
    """What a preview shows instead: the right place, without the part that works."""
    return f"{settings.PORTAL_URL}/…"
