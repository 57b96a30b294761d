"""From the saved settings to a server that a session can talk to."""

from dataclasses import dataclass

from django.conf import settings

from notifications.diagnosis import Diagnosis, diagnosis_of
from notifications.smtp import Rules, Server, TLSMode
from settings_app.models import SMTPSettings
from settings_app.sealing import DestinationChanged, Undecryptable
from settings_app.validators import to_ascii


@dataclass(frozen=True)
class NotReady(Exception):
    """The settings themselves stand in the way; no server was asked."""

    diagnosis: Diagnosis


def server_of(saved: SMTPSettings) -> Server:
    """Raises `NotReady` when nothing is saved, or the stored password does not open for this destination."""
    try:
        password = saved.get_password() if saved.authentication else None
    except Undecryptable:
        cause = "settings.undecryptable"
    except DestinationChanged:
        cause = "settings.destination_changed"
    else:
        server = destination_of(saved, password)
        if server is not None:
            return server
        cause = "settings.missing"
    raise NotReady(diagnosis_of(cause, address=saved.server_address, port=str(saved.port)))


def destination_of(saved: SMTPSettings, password: str | None = None) -> Server | None:
    """The server that the settings name, or None where they name none."""
    if not saved.server_address:
        return None
    return Server(
        address=to_ascii(saved.server_address),
        port=saved.port,
        tls_mode=TLSMode(saved.effective_tls_mode),
        username=saved.username if saved.authentication else None,
        password=password,
        ca_certificate=saved.ca_certificate,
        ehlo_name=saved.ehlo_name,
        timeout=float(saved.timeout),
        rules=Rules(**getattr(settings, "CONNECT_RULES", {})),
    )
