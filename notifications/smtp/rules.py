"""Which addresses and ports may be connected to at all, so that a form field is no tool to reach into the host.

Private addresses are allowed: that is where relays stand. Who sets the rules is left to the caller.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

# Cloud metadata services that live outside the link-local range.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's own limits, besides what is never allowed. An empty allow list allows all; deny wins."""

    allowed_networks: tuple[str, ...] = ()
    denied_networks: tuple[str, ...] = ()
    allowed_ports: frozenset[int] = frozenset()
    denied_ports: frozenset[int] = frozenset()

    def against_port(self, port: int) -> str:
        """The rule that forbids the port, in words; empty where none does."""
        if port in self.denied_ports:
            return f"port {port} is on the operator's deny list"
        if self.allowed_ports and port not in self.allowed_ports:
            return f"port {port} is not on the operator's allow list"
        return ""

    def against_address(self, address: str) -> str:
        """The rule that forbids the address, in words; empty where none does."""
        try:
            ip = _unwrapped(ipaddress.ip_address(address))
        except ValueError:
            return "not an IP address"
        if kind := _never_allowed(ip):
            return f"{kind}, which is never allowed"
        if network := _first_that_holds(ip, self.denied_networks):
            return f"{network} is on the operator's deny list"
        if self.allowed_networks and not _first_that_holds(ip, self.allowed_networks):
            return "no network of the operator's allow list holds it"
        return ""


def _never_allowed(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    # `is_reserved` is no test here: it counts much of today's IPv6 in.
    if ip in _METADATA or str(ip) == "169.254.169.254":
        return "a cloud metadata service"
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast:
        return "a multicast address"
    if ip.is_unspecified or _first_that_holds(ip, ("0.0.0.0/8",)):
        return "an unspecified address"
    return "the broadcast address" if str(ip) == "255.255.255.255" else ""


def _first_that_holds(ip: ipaddress.IPv4Address | ipaddress.IPv6Address, networks: Iterable[str]) -> str:
    return next((text for text in networks if ip.version == _network(text).version and ip in _network(text)), "")


@cache
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _unwrapped(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 form of it stands for: rules for the one must hold for the other."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
