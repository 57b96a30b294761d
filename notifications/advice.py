"""What joins the remedy of a diagnosis: what looks wrong in the settings themselves, and what their provider wants."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from settings_app.hints import hints_of
from settings_app.models import SMTPSettings
from settings_app.providers import Provider, provider_of


def advice_of(cause: str, used: SMTPSettings, password: str = "") -> tuple[str, ...]:
    """Sentences, the most specific first: a hint on an entry before the provider's own rules."""
    hints = (str(hint) for hint in hints_of(used, password) if hint.explains(cause))
    provider = provider_of(used.server_address)
    return (*hints, *(_of_provider(cause, provider) if provider else ()))


def _of_provider(cause: str, provider: Provider) -> Iterator[str]:
    if cause.startswith("authenticate.") and cause != "authenticate.unavailable":
        yield provider.sign_in
    if cause.startswith("sender.") and provider.sender:
        told = {"name": provider.name, "sender": _(provider.sender)}
        yield _("%(name)s wants in From E-Mail Address %(sender)s.") % told
    if cause in ("server.rate_limited", "server.quota_exceeded") and provider.limits:
        yield _("The limits of %(name)s: %(limits)s.") % {"name": provider.name, "limits": _(provider.limits)}
