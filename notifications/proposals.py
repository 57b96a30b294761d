"""What a failed test proposes to change, each with a sentence for the remedy and a button for the page.

A proposal only fills in the form, and never weakens it: TLS is not switched off, a certificate is not left unverified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from notifications.diagnosis import Sentence
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
    TLSMode.IMPLICIT: _("Port {port} of this server speaks TLS from the first byte."),
    TLSMode.STARTTLS: _("Port {port} of this server offers STARTTLS."),
    TLSMode.NONE: _("Port {port} of this server speaks SMTP."),
}
_LABELS = {
    TLSMode.IMPLICIT: _("Use port {port} with implicit TLS"),
    TLSMode.STARTTLS: _("Use port {port} with STARTTLS"),
    TLSMode.NONE: _("Use port {port}"),
}

_LATE = _(
    "Port {ports} of this server took a connection too and had not greeted within a second. Some servers greet late on "
    "purpose, so nothing is known of it, and nothing proposed."
)
_SEVERAL_LATE = _(
    "Ports {ports} of this server took a connection too and had not greeted within a second. Some servers greet late "
    "on purpose, so nothing is known of them, and nothing proposed."
)
_AUTHORITY = _(
    "The server presented the certificate of the authority “{subject}”, with the SHA-256 fingerprint {fingerprint}. "
    "Anyone can present one: compare the fingerprint with the one that its owner publishes before you trust it."
)
_SELF_SIGNED = _(
    "The server presented a certificate that it signed itself, with the SHA-256 fingerprint {fingerprint}. "
    "Anyone can present one: compare the fingerprint with the one that its owner publishes before you trust it."
)
_ADD = _("Add it to CA Certificate")


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
    return Sentence(_LATE if len(ports) == 1 else _SEVERAL_LATE, {"ports": ", ".join(map(str, ports))})


def _of_way(way: Way) -> Proposal:
    changes: dict[str, str | bool] = {"port": str(way.port)}
    if way.tls_mode is not TLSMode.NONE:
        changes |= {"use_tls": True, "tls_mode": str(way.tls_mode)}
    port = {"port": str(way.port)}
    return Proposal(Sentence(_FACTS[way.tls_mode], port), Sentence(_LABELS[way.tls_mode], port), changes)


def _of_authority(link: Link) -> Proposal:
    known = {"subject": link.certificate.subject, "fingerprint": link.fingerprint}
    sentence = Sentence(_AUTHORITY if link.authority else _SELF_SIGNED, known)
    return Proposal(sentence, Sentence(_ADD, {}), {"ca_certificate": link.pem})
