"""Which field of the settings page mends a cause, as its remedy says: a link leads there."""

from typing import NamedTuple

from settings_app.forms import SMTPSettingsForm

# The beginning of causes; the first row that fits holds.
_FIELDS = (
    ("settings.missing", "server_address"),
    ("settings.", "password"),
    ("resolve.", "server_address"),
    ("connect.", "server_address"),
    ("greeting.", "port"),
    ("hello.", "ehlo_name"),
    ("tls.untrusted", "ca_certificate"),
    ("tls.name_mismatch", "server_address"),
    ("tls.required", "use_tls"),
    ("tls.not_offered", "port"),
    ("tls.", "tls_mode"),
    ("authenticate.not_offered", "authentication"),
    ("authenticate.required", "authentication"),
    ("authenticate.needs_tls", "use_tls"),
    ("authenticate.rejected", "password"),
    ("authenticate.application_password", "password"),
    ("sender.", "from_email"),
    ("server.timeout", "timeout"),
    ("server.garbled", "server_address"),
)
# Nothing of these is mended on that page.
_ELSEWHERE = ("tls.expired", "tls.not_yet_valid", "tls.protocol", "tls.weak_certificate", "tls.client_certificate")


class Field(NamedTuple):
    name: str
    label: str


def field_of(cause: str) -> Field | None:
    if cause in _ELSEWHERE:
        return None
    for beginning, name in _FIELDS:
        if cause.startswith(beginning):
            return Field(name, str(SMTPSettingsForm.base_fields[name].label))
    return None
