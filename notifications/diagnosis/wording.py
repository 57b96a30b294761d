"""One line of the table of known wordings: who says what, where, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from notifications.smtp.values import Reply, Stage

AUTH, MAIL, RCPT, DATA = Stage.AUTHENTICATE, Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE
# A quoted local part apart, no address holds a space.
_ADDRESS = re.compile(r"<[^<>\s]*@[^<>\s]*>|[^\s<>()\[\]\"']+@[^\s<>()\[\]\"':;,]+")


@dataclass(frozen=True, slots=True)
class Wording:
    cause: str
    codes: re.Pattern[str]
    text: re.Pattern[str]
    source: str
    stages: frozenset[Stage]

    def fits(self, stage: Stage, reply: Reply) -> bool:
        if self.stages and stage not in self.stages:
            return False
        if not self.codes.match(f"{reply.code} {reply.enhanced or '-'}"):
            return False
        return bool(self.text.search(words_of(reply)))


@lru_cache(maxsize=8)
def words_of(reply: Reply) -> str:
    """What is said, on one line and without addresses: <spam@relay.example> accuses nobody."""
    return _ADDRESS.sub("<>", " ".join(reply.text.split()))


def says(cause: str, codes: str, phrases: tuple[str, ...], source: str, stages: tuple[Stage, ...] = ()) -> Wording:
    """`codes` begins "550 5.1.1" (or "550 -"), any of the `phrases` is in the text. None of them: any text or stage."""
    text = re.compile("|".join(phrases), re.IGNORECASE)
    return Wording(cause, re.compile(rf"(?:{codes})(?!\d)"), text, source, frozenset(stages))
