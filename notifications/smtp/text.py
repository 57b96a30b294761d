"""Text from a stranger, made fit to be shown: control characters visible, secrets taken out, lengths bounded."""

from __future__ import annotations

import base64
import ssl
import unicodedata
from collections.abc import Iterable

MASK = "********"


def visible(text: str, limit: int = 1000) -> str:
    """The text on one line, with a backslash escape for whatever a terminal or a page might act on."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    # What does not print are controls, and the marks that turn the direction of writing: they can make a line read as
    # something else.
    return cut if cut.isprintable() else "".join(map(_shown, cut))


def words_of(error: BaseException | None) -> str:
    """What went wrong, without the names and line numbers of Python's ssl module around it."""
    if isinstance(error, ssl.SSLError):
        words = getattr(error, "verify_message", "") or getattr(error, "reason", "") or error.strerror or ""
        return str(words).replace("_", " ").lower()
    return str(error or "")


def decoded(data: bytes) -> str:
    return visible(data.decode("utf-8", "backslashreplace"))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode()


class Scrubber:
    """Takes secrets out of what a server says: nothing keeps it from sending them back."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()

    def hide(self, secrets: Iterable[bytes]) -> None:
        forms = set(self._forms)
        for secret in secrets:
            # Shorter ones would eat ordinary text, and hide nothing.
            if len(secret) >= 4:
                forms.add(decoded(secret))
                forms.add(base64.b64encode(secret).decode())
                forms.add(base64.b64encode(secret).decode().rstrip("="))
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, MASK)
        return text
