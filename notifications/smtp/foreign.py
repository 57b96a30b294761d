"""Recognise what answers where a mail server was expected, by its first bytes."""

from __future__ import annotations

TLS = "TLS"
# Something that is not SMTP, and none of the protocols known here.
OTHER = "another protocol"

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
    (b"SIP/", "SIP"),
    (b"RTSP/", "RTSP"),
    (b"<?xml", "XMPP"),
    (b"<stream", "XMPP"),
    (b"ERROR\r\n", "Memcached"),
    (b"\x03\x00\x00", "Remote Desktop"),
    (b"E\x00\x00\x00", "PostgreSQL"),
    (b"\x04\x01\x00", "Microsoft SQL Server"),
    (b"Asterisk", "Asterisk"),
)
# Words of greetings that begin with a reply code as those of mail servers do.
_WORDS = {
    "FTP": "FTP",
    "FILEZILLA": "FTP",
    "LMTP": "LMTP",
    "NNTP": "NNTP",
    "NNRP": "NNTP",
    "DICTD": "DICT",
    "POPPASSD": "poppassd",
}


def is_tls(data: bytes) -> bool:
    """Whether a server begins a TLS record: alert (21) or handshake (22), then version 3.x.

    A client's own hello (1) that comes back is none: some services return whatever they are sent.
    """
    begins = len(data) >= 2 and data[0] in (0x15, 0x16) and data[1] == 0x03
    return begins and not (data[0] == 0x16 and data[5:6] == b"\x01")


def recognise(data: bytes) -> str:
    """The protocol's name, or "" when it is none of the ones known here."""
    if is_tls(data):
        return TLS
    # MySQL and MariaDB: a packet's length in three bytes, number 0, protocol version 10 or an error.
    if len(data) >= 5 and data[2] == 0 and data[3] == 0 and data[4] in (0x0A, 0xFF):
        return "MySQL"
    start = data.lstrip(b"\r\n")[:64]
    for prefix, name in _STARTS:
        if start[: len(prefix)].lower() == prefix.lower():
            return name
    # LDAP: a sequence that begins with the number of the message.
    if len(data) >= 4 and data[0] == 0x30 and data[2:4] == b"\x02\x01":
        return "LDAP"
    return ""


def recognise_banner(text: str) -> str:
    """A service that greets with a reply code as mail servers do, and is none."""
    # Host names are no evidence: there are mail servers called ftp.example.com.
    words = [word for word in text.upper().split() if "." not in word.strip("().")]
    if any("SMTP" in word for word in words):
        return ""
    found = next((name for mark, name in _WORDS.items() if any(mark in word for word in words)), "")
    # The words of RFC 959 for a service that says nothing of its own.
    return found or ("FTP" if "ready for new user" in text.lower() else "")


def recognise_refusal(text: str) -> str:
    """What refuses EHLO with these words."""
    return "FTP" if "USER and PASS" in text else ""
