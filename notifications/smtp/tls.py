"""The TLS context, always verifying, and a watch on the handshake that keeps the certificates for the explanation."""

from __future__ import annotations

import ssl
from typing import Any

from notifications.smtp.certificates import read_certificate
from notifications.smtp.failure import Certificate, UnusableCertificateSetting

_CERTIFICATE, _CERTIFICATE_REQUEST = 11, 13
_MAX_CERTIFICATES = 10


def verifying_context(ca_certificate: str) -> ssl.SSLContext:
    """TLS 1.2 or later, the system's authorities and the given one. Raises `UnusableCertificateSetting`."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 refuses authorities whose certificates lack extensions that private ones often lack, and trusts an
    # anchor that is no root: one behaviour for every version, and what an administrator pasted is what is trusted.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if ca_certificate.strip():
        try:
            context.load_verify_locations(cadata=ca_certificate)
        except (ssl.SSLError, ValueError) as error:
            raise UnusableCertificateSetting("CA Certificate is not a certificate in PEM form") from error
    return context


class HandshakeWatch:
    """Sees the handshake's messages. TLS 1.3 encrypts the certificate, and Python shows none after a failure."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context: Any = context
        self.presented: tuple[bytes, ...] = ()
        self.client_certificate_requested = False
        # A private hook of the ssl module, there since Python 3.8. Without it, explanations say less, no more.
        if hasattr(self._context, "_msg_callback"):
            self._context._msg_callback = self._see

    def end(self) -> None:
        if hasattr(self._context, "_msg_callback"):
            self._context._msg_callback = None

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The chain as it was presented, the server's own first."""
        return tuple(found for der in self.presented if (found := read_certificate(der)))

    def _see(self, _: ssl.SSLObject, direction: str, version: int, content: int, kind: int, data: bytes) -> None:
        if direction != "read":
            return
        if kind == _CERTIFICATE_REQUEST and content == 22:
            self.client_certificate_requested = True
        if kind == _CERTIFICATE and content == 22:
            self.presented = _chain(data, version == ssl.TLSVersion.TLSv1_3)


def _chain(message: bytes, tls13: bool) -> tuple[bytes, ...]:
    """RFC 5246 section 7.4.2, RFC 8446 section 4.4.2: a header of four bytes, a context (1.3), a list."""
    position = 4 + (1 + message[4] if tls13 and len(message) > 4 else 0) + 3
    found: list[bytes] = []
    while position + 3 <= len(message) and len(found) < _MAX_CERTIFICATES:
        size = int.from_bytes(message[position : position + 3])
        found.append(message[position + 3 : position + 3 + size])
        position += 3 + size
        if tls13:
            position += 2 + int.from_bytes(message[position : position + 2])
    return tuple(found)


def unverified_context() -> ssl.SSLContext:
    """For a look at what a server offers. Nothing secret may pass, and nothing that it says may be relied on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
