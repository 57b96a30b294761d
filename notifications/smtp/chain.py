"""The chain of certificates that a server presented and that was not accepted here, from the server up.

Made after a failure alone: checking signatures takes time that a delivery does not have to spend.
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from notifications.smtp.certificates import read_certificate
from notifications.smtp.failure import Certificate

# OpenSSL's X509_V_ERR_*: self-signed, a self-signed one in the chain, an issuer that is not known here (with a chain,
# and with the server's certificate alone). Whatever else is wrong with a chain, trusting its top does not mend.
_NOT_TRUSTED = (18, 19, 20, 21)


@dataclass(frozen=True, slots=True)
class Link:
    """`untrusted`: this is where the trust ends, nobody known here has signed it. `weak`: by today's measure."""

    certificate: Certificate
    fingerprint: str
    authority: bool
    untrusted: bool
    signed_itself: bool
    weak: bool
    pem: str = field(repr=False)


def chain_of(presented: Sequence[bytes], error: BaseException | None) -> tuple[Link, ...]:
    """The certificates of which each is signed by the next. Empty where the first cannot be read."""
    found: list[x509.Certificate] = []
    rest = [certificate for der in presented if (certificate := _read(der))]
    while rest and (step := next((one for one in rest if not found or _signed_by(found[-1], one)), None)):
        found.append(step)
        rest.remove(step)
    ends = isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _NOT_TRUSTED
    links = (_link(one, untrusted=ends and one is found[-1]) for one in found)
    return tuple(link for link in links if link)


def to_trust(chain: Sequence[Link]) -> Link | None:
    """The topmost authority that was presented, or the server's own certificate where it signed itself."""
    if not chain or not chain[-1].untrusted:
        return None
    if len(chain) == 1:
        return chain[0] if chain[0].signed_itself else None
    return next((link for link in reversed(chain[1:]) if link.authority), None)


def _read(der: bytes) -> x509.Certificate | None:
    # A parser of foreign bytes: whatever it raises, there is nothing to show.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            return x509.load_der_x509_certificate(der)
    except Exception:
        return None


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    # Besides a wrong name or signature: keys and algorithms that are not known here.
    except Exception:
        return False
    return True


def _link(certificate: x509.Certificate, *, untrusted: bool) -> Link | None:
    read = read_certificate(certificate.public_bytes(Encoding.DER))
    if read is None:
        return None
    return Link(
        certificate=read,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
        authority=_is_authority(certificate),
        untrusted=untrusted,
        signed_itself=_signed_by(certificate, certificate),
        weak=_is_weak(certificate),
        pem=certificate.public_bytes(Encoding.PEM).decode(),
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    # Not there, or not readable.
    except Exception:
        return False


def _is_weak(certificate: x509.Certificate) -> bool:
    # NIST SP 800-57: below 112 bits of strength. Nobody relies on the signature that a root puts under itself.
    try:
        key, digest = certificate.public_key(), certificate.signature_hash_algorithm
    except Exception:  # a key of a kind that is not known here
        return False
    small = isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey) and key.key_size < 2048
    small = small or (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size < 224)
    broken = isinstance(digest, hashes.MD5 | hashes.SHA1) and certificate.subject != certificate.issuer
    return small or broken
