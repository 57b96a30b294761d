"""Proposed changes, put into settings that are not saved: by a test, or by what is known of the provider."""

from collections.abc import Mapping

from settings_app.models import SMTPSettings


def put(changes: Mapping[str, str | bool], settings: SMTPSettings) -> None:
    """`changes`: names of fields of the form, and what they should hold, as the page's script puts them in too."""
    for name, value in changes.items():
        if name == "port":
            settings.port = int(value)
        elif name == "ca_certificate":
            settings.ca_certificate = joined(settings.ca_certificate, str(value))
        else:
            setattr(settings, name, value)


def joined(certificates: str, another: str) -> str:
    """One more authority beside those that are trusted already."""
    if another.strip() in certificates:
        return certificates
    return "\n".join(filter(None, (certificates.strip(), another)))
