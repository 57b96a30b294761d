"""Addresses and messages as they go over the wire: nothing in them can become a command of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

from notifications.smtp.failure import BadAddress, SMTPUTF8NotOffered
from notifications.smtp.protocol import Extensions

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_OUTSIDE_QUOTES = re.compile(r"[\s<>]")


def ascii_domain(name: str) -> str:
    """The name as DNS knows it. Raises UnicodeError when it can be none."""
    return name.lower() if name.isascii() else idna.encode(name, uts46=True).decode("ascii")


def checked_address(address: str, *, empty: bool = False) -> str:
    """The address with its domain in ASCII, or `BadAddress` when it would break out of its command."""
    if _CONTROL.search(address):
        raise BadAddress("an address holds a line's end or another control character")
    if not address and empty:
        return ""
    local, at, domain = address.rpartition("@")
    if not at:
        local, domain = address, ""
    quoted = len(local) > 1 and local.startswith('"') and local.endswith('"')
    if not local or _OUTSIDE_QUOTES.search(domain) or (not quoted and _OUTSIDE_QUOTES.search(local)):
        raise BadAddress("an address is empty, or holds a space or an angle bracket")
    try:
        local.encode()
        return f"{local}@{domain if domain.isascii() else ascii_domain(domain)}" if at else local
    except UnicodeError as error:
        raise BadAddress("an address cannot be encoded") from error


class Dotted(bytes):
    """A message ready to follow a 354: lines end in CRLF, dots are doubled, the final dot is there (RFC 5321 4.5.2)."""


def data_of(message: bytes) -> Dotted:
    """The message in this form, if it is not already."""
    if isinstance(message, Dotted):
        return message
    # Bare CR and LF become line ends: a server that took one for the end of data could be smuggled into.
    pairs = message.count(b"\r\n")
    if not pairs == message.count(b"\r") == message.count(b"\n"):
        message = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    message = dotted_lines(message)
    return Dotted(message + (b"" if message.endswith(b"\r\n") or not message else b"\r\n") + b".\r\n")


def dotted_lines(lines: bytes) -> bytes:
    """Whole lines, the dots doubled with which some begin."""
    lines = lines.replace(b"\n.", b"\n..")
    return b"." + lines if lines.startswith(b".") else lines


@dataclass(frozen=True, slots=True)
class Transaction:
    """The commands of one message, without the final CRLF, and its content."""

    mail: str
    rcpt: str
    data: Dotted


def transaction(sender: str, recipient: str, message: bytes, extensions: Extensions) -> Transaction:
    """Raises `BadAddress` or `SMTPUTF8NotOffered` before anything was sent."""
    sender, recipient = checked_address(sender, empty=True), checked_address(recipient)
    parameters = []
    if not (sender.isascii() and recipient.isascii()):
        if "SMTPUTF8" not in extensions:
            raise SMTPUTF8NotOffered("an address needs SMTPUTF8")
        parameters.append("SMTPUTF8")
    data = data_of(message)
    if "SIZE" in extensions:
        parameters.append(f"SIZE={len(data) - 3}")
    if "8BITMIME" in extensions and not data.isascii():
        parameters.append("BODY=8BITMIME")
    return Transaction(" ".join((f"MAIL FROM:<{sender}>", *parameters)), f"RCPT TO:<{recipient}>", data)
