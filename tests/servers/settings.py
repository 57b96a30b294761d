"""How to reach a server of the tests, with their authority trusted."""

from __future__ import annotations

from typing import Any

from notifications.smtp import Server, TLSMode
from tests.servers.certificates import AUTHORITY_PEM
from tests.servers.scripted import ScriptedServer


def to_local(port: int, **more: Any) -> Server:
    """A real server, which takes its time on a machine that is busy."""
    values: dict[str, Any] = {
        "tls_mode": TLSMode.STARTTLS,
        "ca_certificate": AUTHORITY_PEM,
        "timeout": 10.0,
        "ehlo_name": "client.example",
    }
    return Server(**{"address": "localhost", "port": port} | values | more)


def to_scripted(server: ScriptedServer, tls_mode: TLSMode = TLSMode.NONE, **more: Any) -> Server:
    return to_local(server.port, **{"tls_mode": tls_mode, "timeout": 2.0} | more)
