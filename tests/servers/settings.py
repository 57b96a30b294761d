"""How to reach a server of the tests."""

from __future__ import annotations

from typing import Any

from notifications.smtp import Server, TLSMode
from tests.servers.certificates import AUTHORITY_PEM
from tests.servers.scripted import ScriptedServer


def to_scripted(server: ScriptedServer, tls_mode: TLSMode = TLSMode.NONE, **more: Any) -> Server:
    values: dict[str, Any] = {"ca_certificate": AUTHORITY_PEM, "timeout": 2.0, "ehlo_name": "client.example"}
    return Server("localhost", server.port, tls_mode, **values | more)
