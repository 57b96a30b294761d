"""From a notification to a message: subject, text and HTML in the user's language, and the headers around them.

Every name and address is encoded here and nowhere else (RFC 2047, RFC 6532); what the message says is in
`templates/emails/`.
"""

import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, quote
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from notifications import links
from notifications.models import Notification
from notifications.people import name_of, time_zone_of
from settings_app.models import SMTPSettings

# Longer names, and those that a folded header would break, travel as encoded words.
PLAIN_NAME = re.compile(r"[\x20-\x7e]{1,60}")

LINE_END = re.compile(r"\r\n?|\n")


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


def message(notification: Notification, saved: SMTPSettings) -> bytes:
    """What goes over the wire, from the sender that the settings name."""
    envelope = Envelope(
        saved.from_name, saved.sender, notification.recipient, notification.message_id, notification.language
    )
    return assemble(render(notification), envelope)


def render(notification: Notification, *, preview: bool = False) -> Content:
    """The content of a notification; in a preview one-time links are masked."""
    facts = {name: _fact(value) for name, value in notification.facts.items()}
    name = facts.pop("link", "")
    link = (
        "" if not name else links.masked() if preview else links.make(name, notification.user, notification.recipient)
    )
    with translation.override(notification.language):
        return render_content(
            notification.kind, {"user": notification.user, "link": link, "at": notification.created_at, **facts}
        )


def render_content(kind: str, facts: dict[str, Any]) -> Content:
    """The three templates of a kind, filled in; the language is the one that is active."""
    user = facts.get("user")
    zone = time_zone_of(user)
    context = {
        "product_name": settings.PRODUCT_NAME,
        "portal_url": settings.PORTAL_URL,
        "support_contact": settings.SUPPORT_CONTACT,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "bidi": translation.get_language_bidi(),
        "name": name_of(user),
        "link": "",
        **{name: value for name, value in facts.items() if value not in ("", None)},
    }
    with timezone.override(zone):
        context["zone"] = zone
        subject = " ".join(render_to_string(f"emails/{kind}.subject.txt", context).split())
        context["subject"] = subject
        text = re.sub(r"\n{3,}", "\n\n", render_to_string(f"emails/{kind}.txt", context)).strip() + "\n"
        return Content(subject, text, render_to_string(f"emails/{kind}.html", context))


def _fact(value: Any) -> Any:
    """Facts are JSON: what was a time is one again."""
    if isinstance(value, str) and (moment := _moment(value)):
        return moment
    return value


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text) if "T" in text else None
    except ValueError:
        return None


def assemble(content: Content, envelope: Envelope) -> bytes:
    """The message with CRLF line ends; 7-bit clean, but for addresses that need SMTPUTF8 anyway."""
    # No quoted-printable line holds "=_", so the boundary cannot occur in a part (RFC 2045 section 6.7).
    boundary = f"=_{secrets.token_hex(16)}"
    lines = [f"{name}: {value}" for name, value in _headers(content, envelope).items()]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    for subtype, body in (("plain", content.text), ("html", content.html)):
        lines += [
            f"--{boundary}",
            f'Content-Type: text/{subtype}; charset="utf-8"',
            "Content-Transfer-Encoding: quoted-printable",
            "",
            _quoted_printable(body),
        ]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode()


def _quoted_printable(body: str) -> str:
    canonical = LINE_END.sub("\r\n", body).encode()
    encoded = binascii.b2a_qp(canonical, istext=True).decode("ascii")
    return LINE_END.sub("\r\n", encoded)  # a text without a line end gets soft breaks of a bare LF


def _headers(content: Content, envelope: Envelope) -> dict[str, str]:
    headers = {
        "Subject": _encoded(content.subject, "Subject"),
        "From": _mailbox(envelope.from_name, envelope.from_email),
        "To": envelope.recipient,
        "Date": format_datetime(timezone.now()),
        "Message-ID": envelope.message_id,
        # No out-of-office answers to a machine: RFC 3834 section 5, and Exchange's own word for it.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": envelope.language,
    }
    for name, value in headers.items():
        if any(character in value.replace("\r\n ", "") for character in "\r\n\0"):
            raise ValueError(f"{name} holds a line end")
    return headers


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    if PLAIN_NAME.fullmatch(name) and "=?" not in name:
        return f'"{quote(name)}" <{address}>'
    return f"{_encoded(name, 'From', always=True)}\r\n <{address}>"


def _encoded(value: str, header: str, *, always: bool = False) -> str:
    """RFC 2047 where a header needs it, folded into lines that fit."""
    value = " ".join(value.split())
    plain = value.isascii() and "=?" not in value and len(value) <= 900 and not always
    charset = None if plain else "utf-8"
    return Header(value, charset, maxlinelen=76, header_name=header).encode(linesep="\r\n")
