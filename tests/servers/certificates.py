"""Certificates for the servers of the tests, made by an authority of their own."""

from __future__ import annotations

import ssl
import tempfile
from datetime import datetime
from pathlib import Path

import trustme

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


def write_certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """Files with the chain and the key, for servers that read files."""
    certificate = AUTHORITY.issue_cert(*(names or ("localhost", "127.0.0.1", "::1")))
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    return chain, key


def self_signed_context(name: str = "localhost") -> ssl.SSLContext:
    """A certificate that nobody but itself has signed."""
    authority = trustme.CA(organization_name=name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
        authority.cert_pem.write_to_path(str(chain))
        authority.private_key_pem.write_to_path(str(key))
        context.load_cert_chain(chain, key)
    return context
