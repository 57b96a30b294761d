"""The ways to prove who we are: each a generator of answers to the server's challenges (RFC 4954, 4616, 2195, 7677).

Choosing among them and talking to the server is left to `opening`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import stringprep
import unicodedata
from collections.abc import Callable, Generator
from dataclasses import dataclass

from notifications.smtp.failure import Garbled

# The first answer travels with the AUTH command (or is empty), the others reply to challenges.
Answers = Generator[bytes, bytes, None]
_MAX_ITERATIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Mechanism:
    """`initial`: whether the first answer travels with the AUTH command. `answer`: challenges in, answers out."""

    name: str
    initial: bool
    answer: Callable[[str, str], Answers]


def _plain(username: str, password: str) -> Answers:
    answer = f"\0{username}\0{password}".encode()
    yield answer
    # For servers that overlook what came with the command, and ask.
    yield answer


def _login(username: str, password: str) -> Answers:
    yield b""
    yield username.encode()
    yield password.encode()


def _cram_md5(username: str, password: str) -> Answers:
    challenge = yield b""
    yield f"{username} {hmac.new(password.encode(), challenge, 'md5').hexdigest()}".encode()


def _scram_sha_256(username: str, password: str) -> Answers:
    name = prepared(username).replace("=", "=3D").replace(",", "=2C")
    nonce = secrets.token_urlsafe(24)
    first = f"n={name},r={nonce}"
    challenge = yield f"n,,{first}".encode()
    fields = _fields(challenge)
    if "e" in fields:
        yield b""
        return
    salt, rounds = base64.b64decode(fields.get("s", "")), int(fields.get("i", "0"))
    if not fields.get("r", "").startswith(nonce) or not 0 < rounds <= _MAX_ITERATIONS:
        raise Garbled("the challenge for SCRAM is not well formed")
    final = f"c=biws,r={fields['r']}"
    signed = ",".join((first, challenge.decode(), final)).encode()
    salted = hashlib.pbkdf2_hmac("sha256", prepared(password).encode(), salt, rounds)
    client_key = _sha256(salted, b"Client Key")
    proof = bytes(a ^ b for a, b in zip(client_key, _sha256(_digest(client_key), signed), strict=True))
    verdict = yield f"{final},p={base64.b64encode(proof).decode()}".encode()
    signature = base64.b64encode(_sha256(_sha256(salted, b"Server Key"), signed)).decode()
    # An error (RFC 5802 section 7) is followed by the reply that refuses.
    if "e" not in _fields(verdict) and not hmac.compare_digest(_fields(verdict).get("v", ""), signature):
        raise Garbled("the server's own proof in SCRAM is wrong")
    yield b""


def _fields(challenge: bytes) -> dict[str, str]:
    return {part[0]: part[2:] for part in challenge.decode().split(",") if part[1:2] == "="}


def _sha256(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, "sha256").digest()


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def prepared(text: str) -> str:
    """SASLprep's mapping and normalisation (RFC 4013 section 2.1, 2.2)."""
    mapped = "".join(
        " " if stringprep.in_table_c12(character) else character
        for character in text
        if not stringprep.in_table_b1(character)
    )
    return unicodedata.normalize("NFKC", mapped)


# The strongest first. SCRAM and CRAM-MD5 prove the password without sending it.
MECHANISMS = (
    Mechanism("SCRAM-SHA-256", initial=True, answer=_scram_sha_256),
    Mechanism("CRAM-MD5", initial=False, answer=_cram_md5),
    Mechanism("PLAIN", initial=True, answer=_plain),
    Mechanism("LOGIN", initial=False, answer=_login),
)


def common_mechanisms(offered: tuple[str, ...]) -> list[Mechanism]:
    return [mechanism for mechanism in MECHANISMS if mechanism.name in offered and _available(mechanism)]


def _available(mechanism: Mechanism) -> bool:
    """A machine under FIPS rules has no MD5."""
    try:
        return mechanism.name != "CRAM-MD5" or bool(hmac.new(b"key", b"", "md5"))
    except ValueError:
        return False


def secrets_of(username: str, password: str) -> list[bytes]:
    """Every form in which the password travels, to be taken out of what is recorded."""
    return [password.encode(), f"\0{username}\0{password}".encode()]
