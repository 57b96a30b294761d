"""Random passwords, the forms in which one could show, and everything that an exception would show of itself."""

from __future__ import annotations

import base64
import html
import json
import quopri
import random
import string
from collections.abc import Iterator
from types import TracebackType
from urllib.parse import quote, quote_plus

USERNAME = "portal@corp.example"
_CLASSES = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!#$%&()*+,-./:;<=>?@[]^_{|}~\"'\\ ")
_BEYOND = "äöüßÄÖÜéèñçøåæłşğžčΩπλДЖщאבג密码パスワード€£¥µ²½“”…–¿¡🔑🗝"


def passwords(count: int) -> Iterator[str]:
    """By the rule of the settings, and as providers issue them; the same in each run."""
    source = random.Random(20)
    for number in range(count):
        length = source.randint(8, 20) if number % 4 else source.randint(16, 69)
        alphabet = "".join(_CLASSES) + (_BEYOND * 3 if number % 3 == 0 else "")
        chosen = [source.choice(kind) for kind in _CLASSES] + source.choices(alphabet, k=length - len(_CLASSES))
        source.shuffle(chosen)
        yield "".join(chosen).strip() or "Secret-1234"


def encodings(password: str) -> dict[str, str]:
    """What a program may turn it into before it is written somewhere."""
    raw = password.encode()
    plain = f"\0{USERNAME}\0{password}".encode()
    return {
        "as it is": password,
        "base64": base64.b64encode(raw).decode().rstrip("="),
        "base64 for addresses": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "base64 of PLAIN": base64.b64encode(plain).decode().rstrip("="),
        "hexadecimal": raw.hex(),
        "hexadecimal in capitals": raw.hex().upper(),
        "hexadecimal of PLAIN": plain.hex(),
        "of an address": quote(password, safe=""),
        "of a form": quote_plus(password),
        "quoted-printable": quopri.encodestring(raw).decode().replace("=\n", "").rstrip("\n"),
        "of Python": repr(password)[1:-1],
        "of Python's bytes": repr(raw)[2:-1],
        "of JSON": json.dumps(password)[1:-1],
        "of HTML": html.escape(password),
    }


def shown_by(error: BaseException | None) -> Iterator[str]:
    """Its words, those of all behind it, and the variables in the product's own frames."""
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        yield from _variables(error.__traceback__)
        error = error.__cause__ or error.__context__


def _variables(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        if "/tests/" not in trace.tb_frame.f_code.co_filename:
            yield from map(repr, trace.tb_frame.f_locals.values())
        trace = trace.tb_next


def leaks(password: str, shown: str) -> list[str]:
    return [name for name, form in encodings(password).items() if form in shown]
