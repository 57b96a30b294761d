"""Who acts, and from where: set by the middleware for a request, unset in commands and workers."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Context:
    actor: Any = None
    ip: str | None = None
    # Who it was where there is no actor.
    nobody: str = "system"


current: ContextVar[Context] = ContextVar("audit_context", default=Context())  # noqa: B039  Context is frozen
