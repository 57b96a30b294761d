import base64
import hashlib
import hmac

import pytest

from notifications.smtp import Session, SessionFailure, TLSMode
from notifications.smtp.authentication import common_mechanisms, prepared
from tests.servers.aiosmtp import mail_server
from tests.servers.postfix import PASSWORD, USER, Postfix
from tests.servers.scripted import Connection, Script, scripted, smtp_script
from tests.servers.settings import to_scripted


def test_the_strongest_common_mechanism_comes_first() -> None:
    offered = ("LOGIN", "PLAIN", "GSSAPI", "CRAM-MD5", "SCRAM-SHA-256")
    assert [one.name for one in common_mechanisms(offered)] == ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN"]


@pytest.mark.parametrize("exclude", ["PLAIN", "LOGIN"])
def test_plain_and_login_carry_any_script(exclude: str) -> None:
    with (
        mail_server(users={"jörg": "пароль-Ä1"}, exclude=(exclude,)) as server,
        Session(server.settings(TLSMode.NONE, username="jörg", password="пароль-Ä1")) as session,
    ):
        session.open()
    assert server.sign_ins == [("LOGIN" if exclude == "PLAIN" else "PLAIN", "jörg")]


def test_postfix_accepts_the_strongest_mechanism(postfix_server: Postfix) -> None:
    with Session(postfix_server.settings(username=USER, password=PASSWORD)) as session:
        session.open()
    assert "C: AUTH CRAM-MD5" in session.transcript.lines


def scram_server(password: str, *, honest: bool = True) -> Script:
    """The server's side of RFC 7677, from the RFC's own text."""

    def script(connection: Connection) -> None:
        connection.say("220 mail.test")
        connection.hear()
        connection.say("250-mail.test\n250 AUTH SCRAM-SHA-256 PLAIN")
        first = base64.b64decode(connection.hear().rsplit(" ", 1)[1]).decode().removeprefix("n,,")
        nonce = first.partition("r=")[2] + "server"
        salt = b"some salt"
        challenge = f"r={nonce},s={base64.b64encode(salt).decode()},i=4096"
        connection.say("334 " + base64.b64encode(challenge.encode()).decode())
        final, _, proof = base64.b64decode(connection.hear()).decode().rpartition(",p=")
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 4096)
        message = f"{first},{challenge},{final}".encode()
        key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(key).digest(), message, "sha256")
        if base64.b64decode(proof) != bytes(a ^ b for a, b in zip(key, signature, strict=True)):
            connection.say("334 " + base64.b64encode(b"e=invalid-proof").decode())
            connection.hear()
            connection.say("535 5.7.8 wrong")
            return
        own = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        verdict = b"v=" + base64.b64encode(own if honest else b"x" * 32)
        connection.say("334 " + base64.b64encode(verdict).decode())
        connection.hear()
        connection.say("235 2.7.0 welcome")
        connection.wait_for_goodbye()

    return script


def test_scram_proves_the_password_without_sending_it() -> None:
    with scripted(scram_server("Sésame-1")) as server:
        session = Session(to_scripted(server, username="us=er,", password="Sésame-1"))
        session.open()
        assert session.usable
        session.close()


def test_scram_does_not_trust_a_server_that_does_not_know_the_password() -> None:
    with scripted(scram_server("Sésame-1", honest=False)) as server:
        session = Session(to_scripted(server, username="user", password="Sésame-1"))
        with session, pytest.raises(SessionFailure):
            session.open()


def test_an_error_within_scram_is_a_refusal() -> None:
    with (
        scripted(scram_server("another")) as server,
        pytest.raises(SessionFailure) as failed,
        Session(to_scripted(server, username="user", password="Sésame-1")) as session,
    ):
        session.open()
    assert str(failed.value.reply) == "535 5.7.8 wrong"


def test_passwords_are_normalised_for_scram() -> None:
    assert prepared("a\u00a0b\u00adc\u2168") == "a bcIX"


@pytest.mark.parametrize(
    ("reply", "tried"),
    [
        ("504 5.5.4 unrecognized authentication type", ["CRAM-MD5", "PLAIN", "LOGIN"]),
        ("534 5.7.9 mechanism too weak", ["CRAM-MD5", "PLAIN", "LOGIN"]),
        ("432 4.7.12 a password transition is needed", ["CRAM-MD5", "PLAIN", "LOGIN"]),
        ("432 4.3.2 concurrent connections limit exceeded", ["CRAM-MD5"]),
        ("535 5.7.8 wrong password", ["CRAM-MD5"]),
        ("454 4.7.0 later", ["CRAM-MD5"]),
    ],
)
def test_another_mechanism_is_tried_only_when_it_cannot_count_as_a_failed_sign_in(reply: str, tried: list[str]) -> None:
    script = smtp_script(ehlo="250-mail.test\n250 AUTH LOGIN PLAIN CRAM-MD5", auth=reply)
    with scripted(script) as server:
        session = Session(to_scripted(server, username="user", password="Secret-1234"))
        with session, pytest.raises(SessionFailure):
            session.open()
    commands = [line.split()[2] for line in session.transcript.lines if line.startswith("C: AUTH ")]
    assert commands == tried
