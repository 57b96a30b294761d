"""E-mails of one kind made quickly: what two of them share is rendered and encoded once.

A mould is a whole message, rendered by Django's templates with marks where names, times and links stand. Only lines
with a mark are encoded again for each message. What a template compares with something, or reckons with, shapes the
mould and is part of its key; so is everything that is no text. A mould is used only if it gave exactly what the
templates give for the message that it was made for.
"""

import html
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from notifications import messages, mime
from notifications.leased import Leased
from notifications.mime import Content, Envelope
from notifications.models import Notification
from notifications.smtp import Dotted, data_of, dotted_lines

# The same for many messages: part of the key, since they may stand in lines that would otherwise be static.
_FIXED = frozenset({"product_name", "portal_url", "support_contact", "language", "zone"})
# A mark shows by its angle bracket whether the template escaped it, and by its letters whether a filter changed it.
_MARK = re.compile("a\ue000(<|&lt;)B([0-9]+)\ue001")
_SPOILT = re.compile("[\ue000\ue001]|%EE%80%8[01]")
# What HTML escapes.
_SPECIAL = re.compile("[&<>\"']")
_MOST = 500
# Characters that are sooner encoded again with the lines around them than by themselves.
_SHORT = 80

_moulds: OrderedDict[tuple[Any, ...], "Mould | None"] = OrderedDict()
# Of each kind, the texts that its templates compare.
_shaping: dict[str, frozenset[str]] = {}


def message(row: Notification | Leased, from_name: str, from_email: str) -> Dotted:
    """What goes over the wire for a notification, ready to follow a 354."""
    envelope = Envelope(from_name, from_email, row.recipient, row.message_id, row.language)
    values = messages.context_of(row)
    mould = _mould_for(row.kind, values, envelope)
    if mould is not None:
        return mould.pour(values, envelope)
    with translation.override(row.language):
        return data_of(mime.assemble(messages.fill_in(row.kind, values), envelope))


def forget() -> None:
    _moulds.clear()
    _shaping.clear()


class _Slot:
    """Stands for a text in a template. Whatever a template asks of it but to be printed, it notes."""

    def __init__(self, number: int) -> None:
        self.mark = f"a\ue000<B{number}\ue001"
        self.touched = False

    def __str__(self) -> str:
        return self.mark

    def _touch(self, *_: object) -> Any:
        self.touched = True
        return False

    def __getattr__(self, name: str) -> Any:
        # Django asks every value for these, to see how to print it.
        if name not in ("resolve_expression", "do_not_call_in_templates", "__html__"):
            self.touched = True
        raise AttributeError(name)

    def __hash__(self) -> int:
        self.touched = True
        return 0

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _touch

    def __len__(self) -> int:
        self.touched = True
        return 1

    def __getitem__(self, _key: object) -> Any:
        self.touched = True
        raise IndexError

    def __bool__(self) -> bool:
        return True  # only texts that are not empty get a slot


# A text in pieces: what stands still, and the numbers of values, with whether they are escaped.
_Piece = str | tuple[int, bool]


@dataclass(frozen=True, slots=True)
class Mould:
    """`names`: whose values are poured in, by number."""

    names: tuple[str, ...]
    subject: list[_Piece]
    headers: bytes
    # In turns, what stands still, encoded already and its dots doubled, and a gap for lines to be filled in.
    frame: list[bytes]
    # All of those lines, a seam between each two gaps: encoded together, since a call costs more than a short line.
    lines: list[_Piece]
    seam: bytes

    def pour(self, values: Mapping[str, Any], envelope: Envelope) -> Dotted:
        plain = [values[name] for name in self.names]
        escaped = [html.escape(value) for value in plain] if _SPECIAL.search("".join(plain)) else plain
        made = self.frame.copy()
        made[0] = mime.own_headers(_joined(self.subject, plain, escaped), envelope) + self.headers
        made[1::2] = _encoded(_joined(self.lines, plain, escaped)).split(self.seam)
        return Dotted(b"".join(made))


def _mould_for(kind: str, values: Mapping[str, Any], envelope: Envelope) -> Mould | None:
    """The mould of this shape, made if need be; None where none can be."""
    key = _key(kind, values, envelope)
    if key in _moulds:
        return _moulds[key]
    with translation.override(envelope.language):
        mould = _cast(kind, values, envelope)
        wanted = messages.fill_in(kind, values)
    if mould is not None and not _fits(mould, values, envelope, wanted):
        mould = None
    _moulds[_key(kind, values, envelope)] = mould
    while len(_moulds) > _MOST:
        _moulds.popitem(last=False)
    return mould


def _key(kind: str, values: Mapping[str, Any], envelope: Envelope) -> tuple[Any, ...]:
    shaping = _shaping.get(kind, frozenset())
    shape = [(name, None if _is_slotted(name, value, shaping) else value) for name, value in values.items()]
    return (kind, envelope.language, envelope.from_name, envelope.from_email, *shape)


def _is_slotted(name: str, value: object, shaping: frozenset[str]) -> bool:
    return isinstance(value, str) and bool(value) and name not in _FIXED and name not in shaping


def _cast(kind: str, values: Mapping[str, Any], envelope: Envelope) -> Mould | None:
    while True:
        shaping = _shaping.get(kind, frozenset())
        names = tuple(name for name, value in values.items() if _is_slotted(name, value, shaping))
        slots = {name: _Slot(number) for number, name in enumerate(names)}
        try:
            content = messages.fill_in(kind, {**values, **slots})
        except Exception:  # whatever a template makes of a slot that is no text
            content = None
        touched = {name for name, slot in slots.items() if slot.touched}
        if not touched:
            break
        _shaping[kind] = shaping | touched
    if content is None or any(_SPOILT.search(_MARK.sub("", text)) for text in (content.text, content.html)):
        return None
    boundary = mime.new_boundary()
    parts = [
        mime.part_head("plain", boundary),
        *_parts(content.text),
        mime.part_head("html", boundary),
        *_parts(content.html),
        mime.end(boundary) + b".\r\n",
    ]
    seam = f"{secrets.token_hex(16)}\r\n"
    # The headers, a gap for nothing, the first part that stands still.
    frame, lines = [b"", b"", b""], [""]
    for part in parts:
        if isinstance(part, bytes):
            frame[-1] += part
        else:
            lines.append(part)
            frame += [b"", b""]
    pieces = _pieces(seam.join(lines))
    return Mould(names, _pieces(content.subject), mime.shared_headers(envelope, boundary), frame, pieces, seam.encode())


def _parts(text: str) -> list[bytes | str]:
    """Its lines, encoded where they stand still. Between two with marks a short one is sooner encoded each time."""
    runs: list[tuple[bool, str]] = []
    for line in mime.LINE_END.split(text.removesuffix("\n")):
        marked, whole = bool(_MARK.search(line)), f"{line}\r\n"
        while runs and (runs[-1][0] == marked or (marked and len(runs) > 1 and len(runs[-1][1]) < _SHORT)):
            whole = runs.pop()[1] + whole
        runs.append((marked, whole))
    return [run if marked else _encoded(run) for marked, run in runs]


def _encoded(lines: str) -> bytes:
    return dotted_lines(mime.quoted_printable_lines(lines))


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    end = 0
    for mark in _MARK.finditer(text):
        pieces += [text[end : mark.start()], (int(mark[2]), mark[1] != "<")]
        end = mark.end()
    return [*pieces, text[end:]]


def _joined(pieces: Sequence[_Piece], plain: Sequence[str], escaped: Sequence[str]) -> str:
    return "".join(
        [piece if isinstance(piece, str) else (escaped if piece[1] else plain)[piece[0]] for piece in pieces]
    )


def _fits(mould: Mould, values: Mapping[str, Any], envelope: Envelope, wanted: Content) -> bool:
    """Whether it gives what the templates give."""
    headers, body = mould.pour(values, envelope).split(b"\r\n\r\n", 1)
    expected_headers, expected = data_of(mime.assemble(wanted, envelope)).split(b"\r\n\r\n", 1)
    return _without_chance(headers + body) == _without_chance(expected_headers + expected)


def _without_chance(raw: bytes) -> bytes:
    """But for what differs each time: the boundary and the date."""
    return re.sub(rb"=_[0-9a-f]{32}|(?m:^Date: .*)", b"", raw)
