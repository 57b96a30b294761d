"""Certificates for the servers of the tests, made by an authority of their own."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

AUTHORITY = trustme.CA(key_type=trustme.KeyType.ECDSA)
AUTHORITY_PEM = AUTHORITY.cert_pem.bytes().decode()


def server_context(
    *names: str,
    authority: trustme.CA = AUTHORITY,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> ssl.SSLContext:
    """A context for a server whose certificate is for these names (by default, for the loopback)."""
    certificate = authority.issue_cert(
        *(names or ("localhost", "127.0.0.1", "::1")),
        not_before=not_before,
        not_after=not_after,
        key_type=trustme.KeyType.ECDSA,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def private_chain_context(*, with_root: bool = True) -> tuple[ssl.SSLContext, list[str]]:
    """A server of a private authority with an intermediate one, and what it presents, from the server up.

    What it sends comes in the wrong order, as servers do.
    """
    root = trustme.CA(key_type=trustme.KeyType.ECDSA, organization_name="Corp Root CA")
    issuing = trustme.CA(parent_cert=root, key_type=trustme.KeyType.ECDSA, organization_name="Corp Issuing CA 2")
    own = issuing.issue_cert("localhost", "127.0.0.1", key_type=trustme.KeyType.ECDSA)
    pems = [blob.bytes() for blob in (own.cert_chain_pems[0], issuing.cert_pem, root.cert_pem)]
    presented = pems if with_root else pems[:2]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(own.private_key_pem.bytes() + presented[0] + b"".join(reversed(presented[1:])))
        file.flush()
        context.load_cert_chain(file.name)
    return context, [pem.decode() for pem in presented]


def write_certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """Files with the chain and the key, for servers that read files."""
    certificate = AUTHORITY.issue_cert(*(names or ("localhost", "127.0.0.1", "::1")))
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    return chain, key


def self_signed_context(name: str = "localhost", *, weak: bool = False) -> tuple[ssl.SSLContext, str]:
    """A server whose certificate nobody but itself has signed, and that certificate."""
    weak_key = rsa.generate_private_key(65537, 1024) if weak else None  # noqa: S505 - that is what is tested
    key = weak_key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if weak:
        context.set_ciphers("DEFAULT@SECLEVEL=0")
    with tempfile.NamedTemporaryFile() as file:
        file.write(pem + private)
        file.flush()
        context.load_cert_chain(file.name)
    return context, pem.decode()
