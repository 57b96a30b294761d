"""Certificates as a server presents them, into what a person needs to know of them."""

from __future__ import annotations

import ipaddress
import warnings

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from notifications.smtp.failure import Certificate
from notifications.smtp.text import visible

_SHORT = 200


def read_certificate(der: bytes) -> Certificate | None:
    """None for bytes that are no certificate."""
    try:
        with warnings.catch_warnings():
            # What is odd about a stranger's certificate is no fault of this program.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            certificate = x509.load_der_x509_certificate(der)
            return Certificate(
                subject=_name(certificate.subject),
                issuer=_name(certificate.issuer),
                names=_names(certificate),
                not_before=certificate.not_valid_before_utc,
                not_after=certificate.not_valid_after_utc,
                key=_key(certificate),
                self_signed=certificate.subject == certificate.issuer,
            )
    # A parser of foreign bytes: whatever it raises, there is nothing to show.
    except Exception:
        return None


def _name(name: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(oid):
            return visible(str(found[0].value), _SHORT)
    return visible(name.rfc4514_string(), _SHORT)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    found = (*extension.get_values_for_type(x509.DNSName), *extension.get_values_for_type(x509.IPAddress))
    texts = (name if isinstance(name, str) else _ip(name) for name in found)
    return tuple(visible(text, _SHORT) for text in texts)


def _ip(value: object) -> str:
    return str(value) if isinstance(value, ipaddress.IPv4Address | ipaddress.IPv6Address) else repr(value)


def _key(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    size = f"RSA {key.key_size} bits" if isinstance(key, rsa.RSAPublicKey) else ""
    digest = certificate.signature_hash_algorithm
    return ", ".join(part for part in (size, f"signed with {digest.name.upper()}" if digest else "") if part)
