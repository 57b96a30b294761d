"""One line of the tables of wordings: who says what, where, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from notifications.smtp.values import Reply, Stage

GREET, AUTH, MAIL, RCPT, DATA = Stage.GREETING, Stage.AUTHENTICATE, Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE
ENVELOPE = (MAIL, RCPT, DATA)
# Enough of a reply to judge it by.
_MOST = 4000
# A quoted local part apart, no address holds a space.
_ADDRESS = re.compile(r"<[^<>\s]*@[^<>\s]*>|[^\s<>()\[\]\"']+@[^\s<>()\[\]\"':;,]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """`source`: where the reply was seen; "" for words that are nobody's own."""

    cause: str
    source: str
    text: re.Pattern[str]
    codes: re.Pattern[str]
    stages: tuple[Stage, ...]

    def fits(self, stage: Stage, reply: Reply) -> bool:
        if self.stages and stage not in self.stages:
            return False
        if not self.codes.match(f"{reply.code} {reply.enhanced or '-'}"):
            return False
        return bool(self.text.search(words_of(reply)))


@lru_cache(maxsize=8)
def words_of(reply: Reply) -> str:
    """What is said, on one line and without addresses: <spam@relay.example> accuses nobody."""
    return _ADDRESS.sub("<>", " ".join(reply.text[:_MOST].split()))


def says(cause: str, source: str, *phrases: str, codes: str = "[45]..", at: tuple[Stage, ...] = ()) -> Wording:
    """Any of the `phrases` is in the text (none: any text), `codes` begins "550 5.1.1" (or "550 -").

    `at`: the stages where the line counts (none: any).
    """
    text = re.compile("|".join(phrases), re.IGNORECASE)
    return Wording(cause, source, text, re.compile(rf"(?:{codes})(?!\d)"), at)


def usually(cause: str, *phrases: str, codes: str = "[45]..", at: tuple[Stage, ...] = ()) -> Wording:
    return says(cause, "", *phrases, codes=codes, at=at)
