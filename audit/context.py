"""Who acts, and from where: set by the middleware for a request, unset in commands and workers."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

SYSTEM, NOT_SIGNED_IN = gettext_noop("system"), gettext_noop("not signed in")


@dataclass(frozen=True, slots=True)
class Context:
    actor: Any = None
    ip: str | None = None
    # Who it was where there is no actor.
    nobody: str = SYSTEM


current: ContextVar[Context] = ContextVar("audit_context", default=Context())  # noqa: B039  Context is frozen


def shown(name: str) -> str:
    """The name that was recorded; where nobody was signed in, that in the reader's language."""
    return gettext(name) if name in (SYSTEM, NOT_SIGNED_IN) else name
