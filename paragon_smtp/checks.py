"""What an operator can get wrong, said by `manage.py check --deploy` with an id and the mend."""

import stat
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from paragon_smtp.data_dir import ENCRYPTION_KEYS_FILE, SECRET_KEY_FILE

Finding = Iterator[checks.CheckMessage]


def _keys(**_: Any) -> Finding:
    if not settings.SMTP_ENCRYPTION_KEYS:
        yield checks.Warning(
            "There is no encryption key, so no SMTP password can be stored or read.",
            hint="Set SMTP_ENCRYPTION_KEYS (or SMTP_ENCRYPTION_KEYS_FILE), or run “manage.py migrate” once.",
            id="paragon.W001",
        )
    for name in (SECRET_KEY_FILE, ENCRYPTION_KEYS_FILE):
        path = settings.DATA_DIR / name
        if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield checks.Warning(
                f"Other users of this machine can read the key file {str(path)!r}.",
                hint=f"chmod 600 {path}",
                id="paragon.W002",
            )


def _portal(**_: Any) -> Finding:
    https = settings.PORTAL_URL.startswith("https://")
    if settings.PRODUCTION and not https:
        yield checks.Warning(
            "PORTAL_URL begins with http://: passwords and session cookies travel in clear.",
            hint="End TLS in a proxy in front, and set PORTAL_URL to its https:// address.",
            id="paragon.W003",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield checks.Warning(
            "ALLOWED_HOSTS holds *: the portal answers under any name that somebody makes up.",
            hint="Name the host of PORTAL_URL, or take ALLOWED_HOSTS away: that is its default.",
            id="paragon.W004",
        )
    elif not any(_covers(pattern, settings.PORTAL_HOST) for pattern in settings.ALLOWED_HOSTS):
        yield checks.Error(
            f"ALLOWED_HOSTS does not hold {settings.PORTAL_HOST}, the host of PORTAL_URL: the links in e-mails lead to "
            "an error.",
            hint=f"Add {settings.PORTAL_HOST} to ALLOWED_HOSTS, or take ALLOWED_HOSTS away: that is its default.",
            id="paragon.E005",
        )


def _covers(pattern: str, host: str) -> bool:
    pattern = pattern.lower().strip("[]")
    return host == pattern or (pattern.startswith(".") and f".{host}".endswith(pattern))


def _proxies(**_: Any) -> Finding:
    if settings.PRODUCTION and not settings.TRUSTED_PROXIES:
        yield checks.Warning(
            "TRUSTED_PROXIES names no proxy: behind one, every client has the proxy's address, in the audit trail and "
            "for the limits on sign-ins, so that one person's mistakes can keep everybody out.",
            hint="Set TRUSTED_PROXIES to the networks of your proxies, such as 10.0.0.5/32; without a proxy, to "
            "127.0.0.1/32.",
            id="paragon.W006",
        )
    if any(network.endswith("/0") for network in settings.TRUSTED_PROXIES):
        yield checks.Error(
            "TRUSTED_PROXIES trusts every address: anybody can pose as any client.",
            hint="Name the proxies' own addresses.",
            id="paragon.E007",
        )


def _production(**_: Any) -> Finding:
    if settings.PRODUCTION and settings.EMBEDDED_BROKER:
        yield checks.Warning(
            "REDIS_URL is not set although DATABASE_URL is: only “manage.py run” starts the embedded broker.",
            hint="Set REDIS_URL to the address of your Redis or Valkey.",
            id="paragon.W008",
        )
    if settings.PRODUCTION and settings.CELERY_TASK_ALWAYS_EAGER:
        yield checks.Error(
            "CELERY_TASK_ALWAYS_EAGER is on: requests wait while mail is delivered.",
            hint="Take CELERY_TASK_ALWAYS_EAGER away, and start the workers.",
            id="paragon.E009",
        )


def _rules(**_: Any) -> Finding:
    both = settings.CONNECT_RULES["allowed_ports"] & settings.CONNECT_RULES["denied_ports"]
    if both:
        yield checks.Warning(
            f"Port {', '.join(map(str, sorted(both)))} is in CONNECT_ALLOWED_PORTS and in CONNECT_DENIED_PORTS: it is "
            "denied.",
            hint="Take it out of one of the two.",
            id="paragon.W010",
        )


CHECKS: tuple[Callable[..., Finding], ...] = (_keys, _portal, _proxies, _production, _rules)


@checks.register(checks.Tags.security, deploy=True)
def check_configuration(**_: Any) -> list[checks.CheckMessage]:
    return [finding for check in CHECKS for finding in check()]
