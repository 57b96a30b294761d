"""Keeps each message that the inbox receives as a file of its own, and reads them back for its pages."""

import email
import email.policy
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

POLICY = email.policy.default


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as the page shows it. Every part of it comes from outside and may be anything."""

    name: str
    received: datetime
    to: str
    sender: str
    subject: str
    text: str
    html: str


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, sender: str, recipients: Sequence[str], content: bytes) -> Path:
        """Write the message, with the envelope before it as a mail server does at the final delivery."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
        envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes("".join(f"{line}\r\n" for line in envelope).encode() + content)
        unfinished.chmod(0o600)
        return unfinished.rename(self.folder / name)

    def names(self) -> list[str]:
        """The newest first."""
        return sorted((path.name for path in self.folder.glob("[0-9]*.eml")), reverse=True)

    def source(self, name: str) -> bytes | None:
        """The message as it came; None for a name that is not one of `names()`."""
        return (self.folder / name).read_bytes() if name in self.names() else None

    def letter(self, name: str) -> Letter | None:
        source = self.source(name)
        if source is None:
            return None
        message = email.message_from_bytes(source, policy=POLICY)
        return Letter(
            name=name,
            received=datetime.fromtimestamp(int(name.partition("-")[0]) / 1e9, UTC),
            to=", ".join(headers(message, "Delivered-To")),
            sender=", ".join(headers(message, "From")),
            subject=", ".join(headers(message, "Subject")),
            text=body(message, "plain"),
            html=body(message, "html"),
        )


def headers(message: EmailMessage, name: str) -> list[str]:
    try:
        return [str(value) for value in message.get_all(name, [])]
    except Exception:
        return ["(cannot be read)"]


def body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        content = part.get_content() if part is not None else ""
        return content if isinstance(content, str) else ""
    except Exception:
        return "(cannot be read; see the source)" if kind == "plain" else ""
