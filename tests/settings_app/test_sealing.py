from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from settings_app import sealing

KEY, OTHER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
DESTINATION = sealing.Destination("mail.corp.example", 587, "auto", "", "portal")


def seal(**options) -> str:
    return sealing.seal("Sealed-9-here", DESTINATION, **{"purpose": "settings", "keys": [KEY]} | options)


def unseal(token: str, destination: sealing.Destination = DESTINATION, **options) -> str:
    return sealing.unseal(token, destination, **{"purpose": "settings", "keys": [KEY]} | options)


def test_secret_opens_for_its_destination() -> None:
    assert unseal(seal()) == "Sealed-9-here"


def test_secret_opens_with_an_older_key_of_the_keyring() -> None:
    assert unseal(seal(), keys=[OTHER_KEY, KEY]) == "Sealed-9-here"


@pytest.mark.parametrize(
    "change",
    [
        {"address": "mail.evil.example"},
        {"port": 588},
        {"tls": "none"},
        {"tls": "implicit"},
        {"ca": "00"},
        {"username": "x"},
    ],
)
def test_secret_does_not_open_for_another_destination(change: dict[str, object]) -> None:
    with pytest.raises(sealing.DestinationChanged):
        unseal(seal(), replace(DESTINATION, **change))


def test_secret_does_not_open_without_its_key() -> None:
    with pytest.raises(sealing.Undecryptable):
        unseal(seal(), keys=[OTHER_KEY])
    with pytest.raises(sealing.Undecryptable):
        unseal(seal(), keys=[])


def test_secret_of_another_purpose_does_not_open() -> None:
    with pytest.raises(sealing.Undecryptable):
        unseal(seal(purpose="oauth"))


def test_damaged_token_does_not_open() -> None:
    for token in ("", "x", seal()[:-4], "ü"):
        with pytest.raises(sealing.Undecryptable):
            unseal(token)


def test_sealing_without_a_key_says_what_to_do() -> None:
    with pytest.raises(ImproperlyConfigured, match="SMTP_ENCRYPTION_KEYS"):
        seal(keys=[])


def test_fingerprint_is_of_the_certificates_not_of_their_text(ca_pem: str) -> None:
    assert sealing.fingerprint(ca_pem) == sealing.fingerprint(f"a comment\n{ca_pem}\n\n")
    assert sealing.fingerprint("") == sealing.fingerprint(" \n") == ""
    assert sealing.fingerprint("not a certificate") != sealing.fingerprint(ca_pem)
