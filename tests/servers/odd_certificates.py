"""Certificates as they ought not to be, and some that are odd and right, in files: chain and key together."""

from __future__ import annotations

import ipaddress
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Issued:
    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def issue(
    *names: str,
    by: Issued | None = None,
    subject: str = "mail.test",
    days: tuple[float, float] = (-1, 30),
    key: Any = None,
    authority: bool = False,
    purpose: x509.ObjectIdentifier | None = None,
) -> Issued:
    """Valid from and to so many days from now. Without `by`, it signs itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days[0]))
        .not_valid_after(NOW + timedelta(days[1]))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


ROOT = issue(subject="Tests' Root", authority=True)
_MIDDLE = issue(by=ROOT, subject="Tests' Middle", authority=True)
_OLD_MIDDLE = issue(by=ROOT, subject="Tests' Old Middle", authority=True, days=(-9, -2))
_NO_AUTHORITY = issue(by=ROOT, subject="Tests' Clerk")
_STRANGER = issue(subject="A Stranger's Root", authority=True)


def _small_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is what is tested


def _signed_with_sha1(issued: Issued, by: Issued) -> Issued:
    """By the openssl command: cryptography does not do that any more."""
    with tempfile.TemporaryDirectory() as name:
        files = {"own": issued.pem, "issuer": by.pem, "key": by.key_pem}
        for file, content in files.items():
            (Path(name) / file).write_text(content)
        command = ["openssl", "x509", "-in", "own", "-CA", "issuer", "-CAkey", "key", "-sha1", "-CAcreateserial"]
        made = subprocess.run(command, cwd=name, check=True, capture_output=True, timeout=10)
        return Issued(x509.load_pem_x509_certificate(made.stdout), issued.key)


# By name: what the server presents, from the server up.
_CHAINS: Mapping[str, Callable[[], tuple[Issued, ...]]] = {
    "good": lambda: (issue(*HERE, by=ROOT),),
    "with RSA": lambda: (issue(*HERE, by=ROOT, key=rsa.generate_private_key(65537, 2048)),),
    "chained": lambda: (issue(*HERE, by=_MIDDLE), _MIDDLE),
    "chained, root sent": lambda: (issue(*HERE, by=_MIDDLE), _MIDDLE, ROOT),
    "expired": lambda: (issue(*HERE, by=ROOT, days=(-9, -2)),),
    "not yet valid": lambda: (issue(*HERE, by=ROOT, days=(2, 9)),),
    "other name": lambda: (issue("mail.example.net", "*.example.org", by=ROOT),),
    "wildcard": lambda: (issue("*.localdomain.test", by=ROOT),),
    "no name but the subject's": lambda: (issue(by=ROOT, subject="localhost"),),
    "no address": lambda: (issue("localhost", by=ROOT),),
    "self-signed": lambda: (issue(*HERE),),
    "self-signed, other name": lambda: (issue("mail.example.net"),),
    "stranger's": lambda: (issue(*HERE, by=_STRANGER),),
    "stranger's, root sent": lambda: (issue(*HERE, by=_STRANGER), _STRANGER),
    "middle missing": lambda: (issue(*HERE, by=_MIDDLE),),
    "middle expired": lambda: (issue(*HERE, by=_OLD_MIDDLE), _OLD_MIDDLE),
    "middle no authority": lambda: (issue(*HERE, by=_NO_AUTHORITY), _NO_AUTHORITY),
    "for clients": lambda: (issue(*HERE, by=ROOT, purpose=ExtendedKeyUsageOID.CLIENT_AUTH),),
    "small key": lambda: (issue(*HERE, by=ROOT, key=_small_key()),),
    "SHA-1": lambda: (_signed_with_sha1(issue(*HERE), ROOT),),
}


def write(folder: Path, name: str) -> Path:
    chain = _CHAINS[name]()
    path = folder / f"{name.replace(' ', '-')}.pem"
    path.write_text(chain[0].key_pem + "".join(issued.pem for issued in chain))
    path.chmod(0o600)
    return path
