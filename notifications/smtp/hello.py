"""The name that a client gives in EHLO."""

from __future__ import annotations

import ipaddress
import re
import socket

from notifications.smtp.commands import ascii_domain
from notifications.smtp.failure import BadAddress

_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*", re.IGNORECASE)
_LITERAL = re.compile(r"\[[0-9a-fA-F:.IPv]+\]")


def hello_name(wanted: str, local_ip: str) -> str:
    """The configured name, else this host's if it is a full one, else the address literal (RFC 5321 4.1.3)."""
    if wanted:
        return _checked(wanted)
    # Not getfqdn: it may wait for name servers, and names a container by its number.
    name = socket.gethostname()
    if "." in name and _NAME.fullmatch(name) and not name.startswith("localhost."):
        return name
    ip = ipaddress.ip_address(local_ip.partition("%")[0])
    return f"[{'IPv6:' if ip.version == 6 else ''}{ip}]"


def _checked(wanted: str) -> str:
    try:
        name = wanted if wanted.startswith("[") else ascii_domain(wanted)
    except UnicodeError:
        name = ""
    if not (_NAME.fullmatch(name) or _LITERAL.fullmatch(name)):
        raise BadAddress("the EHLO name is no host name")
    return name
