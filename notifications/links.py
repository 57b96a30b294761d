"""Links in e-mails: made when a message is rendered, never stored, and always on the portal's own address.

Who knows how a link is made registers it here (`receivers.py` does, for the accounts of this product); another project
that uses the mail apps registers its own.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

# The name of a link to what makes its path for a user.
_makers: dict[str, Callable[[Any], str]] = {"masked": lambda _user: "/…"}
_one_time: set[str] = set()


class WrongReader(Exception):
    """A link that lets in whoever holds it was about to go to an address that is not the account's any more."""


def register(name: str, maker: Callable[[Any], str], *, one_time: bool = False) -> None:
    _makers[name] = maker
    if one_time:
        _one_time.add(name)


def make(name: str, user: Any, recipient: str) -> str:
    """The whole address. Raises KeyError for a name that nobody has registered."""
    if name in _one_time and recipient != user.email:
        raise WrongReader(f"The address of this account is not {recipient} any more.")
    return whole(_makers[name](user))


def whole(path: str) -> str:
    """The address of a path; that a portal below a path has its prefix in it depends on who made the path."""
    portal = urlsplit(str(settings.PORTAL_URL))
    below = path if path.startswith(f"{portal.path}/") else portal.path + path
    return f"{portal.scheme}://{portal.netloc}{below}"


def masked() -> str:
    """What a preview shows instead: the right place, without the part that works."""
    return make("masked", None, "")
