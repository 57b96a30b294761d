"""How often somebody may try: signing in, asking for links. Counted in the database, which all processes share.

Counted whether the address exists or not, so that being refused tells nothing of it. Keys are keyed hashes: the table
names nobody.
"""

import ipaddress
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.fields import normalise_email

SIGN_IN, LINK, SEND_AGAIN = "sign_in", "link", "send_again"
PATIENCE = timedelta(minutes=1)


class Tally(models.Model):
    """The tries of one key within the present window of time."""

    key = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ends_at"], name="tally_ends")]

    def __str__(self) -> str:
        return f"{self.tries} until {self.ends_at:%H:%M:%S}"


def take(deed: str, address: str, ip: str | None) -> timedelta | None:
    """Count one try; how long to wait where it is one too many, for the address or for where it comes from."""
    now = timezone.now()
    waits = []
    for key, limit in _keys(deed, address, ip):
        tries, ends_at = _count(key, now)
        if tries > limit:
            waits.append(ends_at - now)
    return max(waits, default=None)


def give_back(deed: str, address: str, ip: str | None) -> None:
    """A try that succeeded is no guess: many people sign in from one office."""
    keys = [key for key, _limit in _keys(deed, address, ip)]
    Tally.objects.filter(key__in=keys, tries__gt=0).update(tries=F("tries") - 1)


def forget(deed: str, address: str) -> None:
    """Let the owner of this address begin anew: somebody has unlocked the account."""
    Tally.objects.filter(key=_key(deed, "address", normalise_email(address))).delete()


def sweep() -> None:
    Tally.objects.filter(ends_at__lte=timezone.now()).delete()


def _keys(deed: str, address: str, ip: str | None) -> Iterator[tuple[str, int]]:
    by_address, by_ip = settings.RATE_LIMITS[deed]
    if by_address:
        yield _key(deed, "address", normalise_email(address)), by_address
    if by_ip and ip:
        yield _key(deed, "ip", _network(ip)), by_ip


def _key(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return salted_hmac("accounts.limits", text, algorithm="sha256").hexdigest()


def _network(ip: str) -> str:
    """What one subscriber has at hand: an IPv4 address, or the 64 bits of an IPv6 network."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:  # a server that listens on a socket has its own name for it
        return ip
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else ip


def _count(key: str, now: datetime) -> tuple[int, datetime]:
    ended = now + settings.RATE_LIMIT_WINDOW
    # A window that ends much later than a whole one from now was begun before the clock was set back; a little later
    # is no more than the time that this try has waited for the row.
    over = Q(ends_at__lte=now) | Q(ends_at__gt=ended + PATIENCE)
    anew, until = When(over, then=Value(1)), When(over, then=Value(ended))
    rows = Tally.objects.filter(key=key)
    # The UPDATE holds the row until the number is read: of tries that arrive together each sees its own.
    with transaction.atomic():
        for _attempt in range(2):
            if rows.update(tries=Case(anew, default=F("tries") + 1), ends_at=Case(until, default=F("ends_at"))):
                break
            Tally.objects.bulk_create([Tally(key=key, tries=0, ends_at=ended)], ignore_conflicts=True)
        return rows.values_list("tries", "ends_at").first() or (1, ended)
