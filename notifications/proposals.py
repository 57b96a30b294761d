"""What a failed test proposes to change, each with a sentence for the remedy and a button for the page.

A proposal only fills in the form, and never weakens it: TLS is not switched off, a certificate is not left unverified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifications.smtp import Server, SessionFailure, TLSMode
from notifications.smtp.alternatives import SECONDS, USUAL_PORTS, Way, ways_to
from notifications.smtp.chain import Link, to_trust
from notifications.smtp.failure import UnusableCertificateSetting

# The causes behind which another port or TLS mode may be the right one.
_WRONG_WAY = frozenset(
    {
        "connect.refused",
        "connect.timeout",
        "greeting.timeout",
        "greeting.expects_tls",
        "greeting.not_smtp",
        "greeting.closed",
        "tls.not_offered",
        "tls.not_spoken",
        "tls.failed",
    }
)
_MOST = 3
_FACTS = {
    TLSMode.IMPLICIT: "Port {port} of this server speaks TLS from the first byte.",
    TLSMode.STARTTLS: "Port {port} of this server offers STARTTLS.",
    TLSMode.NONE: "Port {port} of this server speaks SMTP.",
}
_LABELS = {
    TLSMode.IMPLICIT: "Use port {port} with implicit TLS",
    TLSMode.STARTTLS: "Use port {port} with STARTTLS",
    TLSMode.NONE: "Use port {port}",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """`changes`: the names of fields of the settings' form, and what they should hold."""

    sentence: str
    label: str
    changes: Mapping[str, str | bool]


def proposals_of(
    cause: str,
    failure: SessionFailure,
    server: Server,
    *,
    chain: Sequence[Link] = (),
    seconds: float = SECONDS,
    usual_ports: Mapping[int, TLSMode] = USUAL_PORTS,
) -> tuple[tuple[Proposal, ...], str]:
    """What to change, and a sentence on what was not seen. Takes no longer than the seconds; raises for no fault."""
    if link := to_trust(chain):
        return (_of_authority(link),), ""
    # A setting of our own that cannot be read fails every way alike.
    if cause not in _WRONG_WAY or isinstance(failure.error, UnusableCertificateSetting):
        return (), ""
    evidence = failure.evidence
    addresses = (evidence.ip,) if evidence.ip else evidence.addresses
    seen = ways_to(server, addresses, seconds, usual_ports)
    return tuple(_of_way(way) for way in seen.ways[:_MOST]), _of_late(seen.late)


def _of_late(ports: Sequence[int]) -> str:
    if not ports:
        return ""
    which = f"Port {ports[0]}" if len(ports) == 1 else f"Ports {' and '.join(map(str, ports))}"
    return (
        f"{which} of this server took a connection too and had not greeted within a second. Some servers greet late on "
        "purpose, so nothing is known of it, and nothing proposed."
    )


def _of_way(way: Way) -> Proposal:
    changes: dict[str, str | bool] = {"port": str(way.port)}
    if way.tls_mode is not TLSMode.NONE:
        changes |= {"use_tls": True, "tls_mode": str(way.tls_mode)}
    return Proposal(_FACTS[way.tls_mode].format(port=way.port), _LABELS[way.tls_mode].format(port=way.port), changes)


def _of_authority(link: Link) -> Proposal:
    subject = link.certificate.subject
    whose = f"the certificate of the authority “{subject}”" if link.authority else "a certificate that it signed itself"
    sentence = (
        f"The server presented {whose}, with the SHA-256 fingerprint {link.fingerprint}. Anyone can present one: "
        "compare the fingerprint with the one that its owner publishes before you trust it."
    )
    return Proposal(sentence, "Add it to CA Certificate", {"ca_certificate": link.pem})
