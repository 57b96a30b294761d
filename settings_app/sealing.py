"""Secrets that open only for the destination they were entered for.

A sealed secret is a Fernet token of `{version, purpose, destination, secret}`. One function opens it, for the page, the
test, the delivery and the command; it compares the destination inside with where the secret would go now.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from cryptography import x509
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.exceptions import ImproperlyConfigured

VERSION = 1


class Undecryptable(Exception):
    """None of the keys opens the token: the key that sealed it is gone, or the token was damaged."""


class DestinationChanged(Exception):
    """The secret was entered for another destination."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a secret may go, in canonical form."""

    address: str
    port: int
    tls: str
    ca: str
    username: str


def fingerprint(pem: str) -> str:
    """SHA-256 over the certificates themselves, so that white space and comments between them do not count."""
    if not pem.strip():
        return ""
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        return sha256(pem.encode("utf-8", "surrogatepass")).hexdigest()
    return sha256(b"".join(sorted(c.public_bytes(Encoding.DER) for c in certificates))).hexdigest()


def seal(secret: str, destination: Destination, *, purpose: str, keys: Sequence[str]) -> str:
    content = {"version": VERSION, "purpose": purpose, "destination": asdict(destination), "secret": secret}
    return _keyring(keys).encrypt(json.dumps(content).encode()).decode()


def unseal(token: str, destination: Destination, *, purpose: str, keys: Sequence[str]) -> str:
    """The secret. Raises `Undecryptable` or `DestinationChanged`."""
    try:
        content = json.loads(_keyring(keys).decrypt(token.encode()))
    except (InvalidToken, UnicodeError, ImproperlyConfigured):
        raise Undecryptable from None
    if content.get("purpose") != purpose or content.get("version") != VERSION:
        raise Undecryptable
    if content["destination"] != asdict(destination):
        raise DestinationChanged
    return str(content["secret"])


def reseal(token: str, *, keys: Sequence[str]) -> str | None:
    """The same content sealed with the newest key; None when it is already. Raises `Undecryptable`."""
    try:
        Fernet(keys[0]).decrypt(token.encode())
    except (InvalidToken, UnicodeError, IndexError):
        pass
    else:
        return None
    try:
        return _keyring(keys).rotate(token.encode()).decode()
    except (InvalidToken, UnicodeError, ImproperlyConfigured):
        raise Undecryptable from None


def _keyring(keys: Sequence[str]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured(
            "SMTP_ENCRYPTION_KEYS is not set and DATA_DIR holds no key. Run “manage.py migrate” once, or set it."
        )
    return MultiFernet([Fernet(key) for key in keys])
