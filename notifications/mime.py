"""A message as it goes over the wire: headers, and text and HTML as alternatives.

Every name and address is encoded here and nowhere else (RFC 2047, RFC 6532). What the message says is the affair of
`messages.py`. The standard library's policies would do the same an order of magnitude slower, and Python 3.11's lose
quotes where they fold; the tests parse what is made here back with them.
"""

import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, quote
from functools import lru_cache

from django.utils import timezone

# Longer names, and those that a folded header would break, travel as encoded words.
PLAIN_NAME = re.compile(r"[\x20-\x7e]{1,60}")

LINE_END = re.compile(r"\r\n?|\n")
_BARE = re.compile(rb"\r\n?|\n")
_BREAKS_OUT = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom, as headers show it."""

    from_name: str
    from_email: str
    recipient: str
    message_id: str
    language: str = "en"


def assemble(content: Content, envelope: Envelope) -> bytes:
    """The message with CRLF line ends; 7-bit clean, but for addresses that need SMTPUTF8 anyway."""
    boundary = new_boundary()
    parts = [
        own_headers(content.subject, envelope),
        shared_headers(envelope, boundary),
        part_head("plain", boundary),
        quoted_printable(content.text),
        part_head("html", boundary),
        quoted_printable(content.html),
        end(boundary),
    ]
    return b"".join(parts)


def new_boundary() -> str:
    # No quoted-printable line holds "=_", so the boundary cannot occur in a part (RFC 2045 section 6.7).
    return f"=_{secrets.token_hex(16)}"


def own_headers(subject: str, envelope: Envelope) -> bytes:
    """Those in which one message differs from the next."""
    for name, value in (("To", envelope.recipient), ("Message-ID", envelope.message_id)):
        if _BREAKS_OUT.search(value):
            raise ValueError(f"{name} holds a line end")
    return (
        f"Subject: {_encoded(subject, 'Subject')}\r\nTo: {envelope.recipient}\r\n"
        f"Date: {_date(int(timezone.now().timestamp()))}\r\nMessage-ID: {envelope.message_id}\r\n"
    ).encode()


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def shared_headers(envelope: Envelope, boundary: str) -> bytes:
    """Those that all messages of a sender in a language have in common, and the empty line after them."""
    sender = _mailbox(envelope.from_name, envelope.from_email)
    for name, value in (("From", sender.replace("\r\n ", "")), ("Content-Language", envelope.language)):
        if _BREAKS_OUT.search(value):
            raise ValueError(f"{name} holds a line end")
    return (
        f"From: {sender}\r\n"
        # No out-of-office answers to a machine: RFC 3834 section 5, and Exchange's own word for it.
        "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
        f"Content-Language: {envelope.language}\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
    ).encode()


def part_head(subtype: str, boundary: str) -> bytes:
    return (
        f'\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def end(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode()


def quoted_printable_lines(lines: str) -> bytes:
    """Of whole lines, which end in CRLF."""
    return binascii.b2a_qp(lines.encode(), istext=True)


def quoted_printable(body: str) -> bytes:
    canonical = LINE_END.sub("\r\n", body).encode()
    encoded = binascii.b2a_qp(canonical, istext=True)
    # A text without a line end gets soft breaks of a bare LF.
    return encoded if b"\n" not in encoded.replace(b"\r\n", b"") else _BARE.sub(b"\r\n", encoded)


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    if PLAIN_NAME.fullmatch(name) and "=?" not in name:
        return f'"{quote(name)}" <{address}>'
    return f"{_encoded(name, 'From', always=True)}\r\n <{address}>"


@lru_cache(maxsize=512)
def _encoded(value: str, header: str, *, always: bool = False) -> str:
    """RFC 2047 where a header needs it, folded into lines that fit."""
    value = " ".join(value.split())
    plain = value.isascii() and "=?" not in value and len(value) <= 900 and not always
    charset = None if plain else "utf-8"
    return Header(value, charset, maxlinelen=76, header_name=header).encode(linesep="\r\n")
