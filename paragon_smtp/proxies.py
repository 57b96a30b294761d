"""Who really asks: the client's address behind the operator's own proxies.

Anybody can send X-Forwarded-For. It is believed from the right, as far as each address that handed it on is one of
TRUSTED_PROXIES; the first that is not is the client. Everything else then reads REMOTE_ADDR.
"""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

UNIX = "unix"  # names a proxy on the same machine that comes by a Unix socket, and so has no address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class ProxyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.trusted: Sequence[str] = settings.TRUSTED_PROXIES
        self.networks = [ip_network(text) for text in self.trusted if text != UNIX]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.trusted:
            self.believe(request)
        return self.get_response(request)

    def believe(self, request: HttpRequest) -> None:
        remote = request.META.get("REMOTE_ADDR", "")
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if self.is_trusted(remote):
            request.META["REMOTE_ADDR"] = self.client(remote, forwarded)
        else:
            for header in ("HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID"):
                request.META.pop(header, None)

    def is_trusted(self, remote: str) -> bool:
        if not remote:
            return UNIX in self.trusted
        address = _address(remote)
        return address is not None and any(address in network for network in self.networks)

    def client(self, remote: str, forwarded: str) -> str:
        nearest = remote
        for text in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            address = _address(text)
            if address is None:  # what comes before it was written by somebody who does not write addresses
                break
            nearest = str(address)
            if not self.is_trusted(nearest):
                break
        return nearest


def _address(text: str) -> Address | None:
    """The address in one of the forms in which proxies write it: bare, with a port, in brackets."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
