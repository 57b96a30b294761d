"""Which addresses and ports may be connected to at all, so that a form field is no tool to reach into the host.

Private addresses are allowed: that is where relays stand. Who sets the rules is left to the caller.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import cache

# Cloud metadata services that live outside the link-local range.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's own limits: `ports` is None for any, `networks` are refused besides the ones that always are."""

    ports: frozenset[int] | None = None
    networks: tuple[str, ...] = ()

    def allows_port(self, port: int) -> bool:
        return self.ports is None or port in self.ports

    def allows_address(self, address: str) -> bool:
        try:
            ip = _unwrapped(ipaddress.ip_address(address))
        except ValueError:
            return False
        # `is_reserved` is no test here: it counts much of today's IPv6 in.
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip in _METADATA:
            return False
        if isinstance(ip, ipaddress.IPv4Address) and (
            ip in _network("0.0.0.0/8") or ip in _network("255.255.255.255/32")
        ):
            return False
        return not any(ip in network for network in map(_network, self.networks) if network.version == ip.version)


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
