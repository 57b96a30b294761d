"""What a cause is. The causes themselves are data, in `catalogue`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Scope = Literal["queue", "message", "connection"]


@dataclass(frozen=True, slots=True)
class Cause:
    """`explanation` and `remedy` are templates: the names in braces are the facts of `facts.py`.

    `title` is a headline that follows "Not delivered:"; `meaning` says when the cause is given.
    """

    code: str
    title: str
    meaning: str
    explanation: str
    remedy: str
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", _scope_of(self.code))


def _scope_of(code: str) -> Scope:
    if code in ("server.closed", "server.timeout", "server.garbled"):
        return "connection"
    if code.startswith(("recipient.", "message.")) or code == "server.no_smtputf8":
        return "message"
    return "queue"
