"""Recognise what answers where a mail server was expected, by its first bytes."""

from __future__ import annotations

TLS = "TLS"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"HTTP/", "HTTP"),
    (b"<!doctype", "HTTP"),
    (b"<html", "HTTP"),
    (b"SSH-", "SSH"),
    (b"* OK", "IMAP"),
    (b"* PREAUTH", "IMAP"),
    (b"* BYE", "IMAP"),
    (b"+OK", "POP3"),
    (b"-ERR", "POP3 or Redis"),
    (b"RFB ", "VNC"),
    (b'"IMPLEMENTATION"', "ManageSieve"),
    (b"NOTICE ", "IRC"),
    (b":", "IRC"),
    (b"AMQP", "AMQP"),
    (b"\xff\xfd", "Telnet"),
    (b"\xff\xfb", "Telnet"),
    (b"\xff\xfe", "Telnet"),
    (b"@RSYNCD", "rsync"),
    (b"LDAP", "LDAP"),
)


def is_tls(data: bytes) -> bool:
    """Whether this is the beginning of a TLS record: alert (21) or handshake (22), then version 3.x."""
    return len(data) >= 2 and data[0] in (0x15, 0x16) and data[1] == 0x03


def recognise(data: bytes) -> str:
    """The protocol's name, or "" when it is none of the ones known here."""
    if is_tls(data):
        return TLS
    start = data.lstrip(b"\r\n")[:64]
    for prefix, name in _STARTS:
        if start[: len(prefix)].lower() == prefix.lower():
            return name
    # MySQL and MariaDB: a packet's length in three bytes, number 0, protocol version 10.
    if len(data) >= 5 and data[2] == 0 and data[3] == 0 and data[4] == 0x0A:
        return "MySQL"
    return ""


def recognise_banner(text: str) -> str:
    """A service that greets with a reply code as mail servers do, and is none."""
    # Host names are no evidence: there are mail servers called ftp.example.com.
    words = [word for word in text.upper().split() if "." not in word.strip("().")]
    if any("SMTP" in word for word in words):
        return ""
    return next((name for name in ("FTP", "LMTP", "NNTP") if any(name in word for word in words)), "")
