"""The providers that are known: what to enter for each, by the address of its server or the domain of a mailbox.

A fact about a provider is a row in `mailboxes` or `services`, with its source.
"""

from __future__ import annotations

from settings_app.providers import mailboxes, services
from settings_app.providers.provider import Provider as Provider

PROVIDERS: tuple[Provider, ...] = (*mailboxes.PROVIDERS, *services.PROVIDERS)


def provider_of(server_address: str, username: str = "") -> Provider | None:
    """The provider whose server this is, else whose name; with no address at all, the one of the mailbox's domain."""
    host = server_address.strip().rstrip(".").lower()
    if not host:
        return _of_domain(username)
    return next(
        (provider for provider in PROVIDERS if provider.serves(host)),
        next((provider for provider in PROVIDERS if provider.owns(host)), None),
    )


def _of_domain(username: str) -> Provider | None:
    _, at, domain = username.strip().lower().rpartition("@")
    return next((provider for provider in PROVIDERS if at and domain in provider.domains), None)
