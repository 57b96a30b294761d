"""What the page says beside the settings as they are entered: who the provider is, what it wants, what looks wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from settings_app.hints import Hint, hints_of
from settings_app.models import SMTPSettings, TLSMode
from settings_app.providers import Provider, provider_of
from settings_app.providers.provider import IMPLICIT_TLS_PORTS


@dataclass(frozen=True, slots=True)
class Advice:
    """`changes`: the fields that the provider's server needs otherwise, and what they should hold."""

    provider: Provider | None
    hints: tuple[Hint, ...]
    server: str
    changes: dict[str, Any]

    @property
    def as_json(self) -> str:
        return json.dumps(self.changes)


def advice_on(entered: SMTPSettings) -> Advice:
    provider = provider_of(entered.server_address, entered.username)
    hints = hints_of(entered)
    if provider is None:
        return Advice(None, hints, "", {})
    host = entered.server_address.lower()
    server = host if provider.serves(host) else provider.server
    return Advice(provider, hints, server, _changes(entered, provider, server) if server else {})


def _changes(entered: SMTPSettings, provider: Provider, server: str) -> dict[str, Any]:
    """None where the way that is entered is one of the provider's."""
    mode = "implicit" if entered.port in IMPLICIT_TLS_PORTS else "starttls"
    good = entered.port in provider.ports and entered.effective_tls_mode == mode
    if good and entered.server_address.lower() == server:
        return {}
    # Automatic knows implicit TLS by port 465 alone, which is the only such port to be used first.
    return {"server_address": server, "use_tls": True, "port": str(provider.port), "tls_mode": str(TLSMode.AUTO)}
