"""Text from a stranger, made fit to be shown: control characters visible, secrets taken out, lengths bounded."""

from __future__ import annotations

import base64
import html
import json
import quopri
import re
import ssl
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "********"
# Where Python's ssl module says it happened, when it has no name for what happened.
_PLACE = re.compile(r"^\[[^]]*\] | \(_ssl\.c:\d+\)$")


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
        return _PLACE.sub("", str(words)).replace("_", " ").lower()
    return str(error or "")


def decoded(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode()


class Scrubber:
    """Takes secrets out of what a server says: nothing keeps it from sending them back, in whatever form."""

    def __init__(self) -> None:
        self.forms: tuple[str, ...] = ()

    def hide(self, secrets: Iterable[bytes]) -> None:
        # Shorter ones would eat ordinary text, and hide nothing.
        forms = {form for secret in secrets for form in _forms_of(secret) if len(form) >= 4}
        # The longest first: one may be the beginning of another.
        self.forms = tuple(sorted(forms.union(self.forms), key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for form in self.forms:
            text = text.replace(form, MASK)
        return text


def _forms_of(secret: bytes) -> set[str]:
    """What the secret looks like as it is, and in the encodings that programs usually write text in."""
    text = secret.decode("utf-8", "backslashreplace")
    encoded = {base64.b64encode(secret).decode(), base64.urlsafe_b64encode(secret).decode()}
    return {
        text,
        text.encode("latin-1", "backslashreplace").decode("utf-8", "backslashreplace"),
        *encoded,
        *(form.rstrip("=") for form in encoded),
        secret.hex(),
        secret.hex().upper(),
        secret.hex(" "),
        quote(text, safe=""),
        quote(text, safe="").lower(),
        quote(text),
        quote_plus(text),
        quopri.encodestring(secret).decode().replace("=\n", "").rstrip("\n"),
        repr(text)[1:-1],
        repr(secret)[2:-1],
        json.dumps(text)[1:-1],
        html.escape(text),
        visible(text),
    }
