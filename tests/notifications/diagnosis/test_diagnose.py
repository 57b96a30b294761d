import errno
import socket
import ssl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.diagnosis import CAUSES, diagnose
from notifications.smtp import Evidence, Reply, Server, SessionFailure, Stage, TLSMode
from notifications.smtp.failure import (
    AnswersInClear,
    BadAddress,
    ClosedByServer,
    Garbled,
    HandshakeBroken,
    NoReply,
    SMTPUTF8NotOffered,
    Unreached,
    Unresolved,
)
from notifications.smtp.protocol import ReplyParser

SERVER = Server("mail.test", 587, TLSMode.STARTTLS)


def cause(stage: Stage, error: BaseException | None, said: str = "") -> str:
    return diagnose(SessionFailure(stage, error=error, evidence=Evidence(said=said)), SERVER).cause


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("stage", "error", "said", "expected"),
    [
        (Stage.RESOLVE, Unresolved("no_address", "x"), "", "resolve.no_address"),
        (Stage.RESOLVE, socket.gaierror(-3, "later"), "", "resolve.unavailable"),
        (Stage.CONNECT, Unreached("unreachable"), "", "connect.unreachable"),
        (Stage.CONNECT, OSError(errno.ECONNREFUSED, ""), "", "connect.refused"),
        (Stage.CONNECT, TimeoutError(), "", "connect.timeout"),
        (Stage.GREETING, NoReply(), "", "greeting.timeout"),
        (Stage.GREETING, ClosedByServer(), "", "greeting.closed"),
        (Stage.GREETING, Garbled("x", "SSH"), "", "greeting.not_smtp"),
        (Stage.GREETING, NoReply(), "EHLO", "server.timeout"),
        (Stage.GREETING, Garbled("x"), "EHLO", "server.garbled"),
        (Stage.TLS, HandshakeBroken("timeout", answered=False), "", "greeting.timeout"),
        (Stage.TLS, HandshakeBroken("closed", answered=False), "", "greeting.closed"),
        (Stage.TLS, HandshakeBroken("closed", answered=False), "STARTTLS", "tls.failed"),
        (Stage.TLS, AnswersInClear(""), "", "tls.not_spoken"),
        (Stage.TLS, AnswersInClear(""), "STARTTLS", "tls.failed"),
        (Stage.TLS, tls_error("TLSV1_ALERT_PROTOCOL_VERSION"), "STARTTLS", "tls.protocol"),
        (Stage.TLS, tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), "STARTTLS", "tls.protocol"),
        (Stage.GREETING, tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "", "tls.client_certificate"),
        (Stage.TLS, tls_error("TLSV1_ALERT_INTERNAL_ERROR"), "STARTTLS", "tls.failed"),
        (Stage.MESSAGE, ClosedByServer(), "message", "server.closed"),
        (Stage.SENDER, SMTPUTF8NotOffered(), "EHLO", "server.no_smtputf8"),
        (Stage.SENDER, BadAddress(), "EHLO", "sender.rejected"),
        (Stage.MESSAGE, None, "message", "server.closed"),
    ],
)
def test_failures_without_a_reply(stage: Stage, error: BaseException | None, said: str, expected: str) -> None:
    assert cause(stage, error, said) == expected


def test_a_missing_client_certificate_under_tls_1_2_is_told_from_a_missing_cipher() -> None:
    evidence = Evidence(client_certificate_requested=True, said="STARTTLS")
    failure = SessionFailure(Stage.TLS, error=tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), evidence=evidence)
    assert diagnose(failure, SERVER).cause == "tls.client_certificate"


def test_the_explanation_quotes_the_server_and_says_what_was_tried() -> None:
    failure = SessionFailure(
        Stage.RECIPIENT, reply=Reply(550, "5.1.1", "no such\nuser"), evidence=Evidence(said="RCPT")
    )
    diagnosis = diagnose(failure, SERVER, "from@mail.test", "to@example.com")
    assert diagnosis.explanation == (
        "The server knows no mailbox to@example.com. The server said: “550 5.1.1 no such user”."
    )
    assert (diagnosis.stage, diagnosis.scope, diagnosis.temporary) == ("recipient", "message", False)


def test_a_temporary_refusal_is_worth_trying_again() -> None:
    assert diagnose(SessionFailure(Stage.RECIPIENT, reply=Reply(450, None, "busy")), SERVER).temporary
    assert diagnose(SessionFailure(Stage.CONNECT, error=Unreached("refused")), SERVER).temporary
    assert not diagnose(SessionFailure(Stage.SENDER, error=SMTPUTF8NotOffered()), SERVER).temporary


def test_a_message_that_may_have_been_accepted_is_told_as_that() -> None:
    failure = SessionFailure(
        Stage.MESSAGE, error=ClosedByServer(), evidence=Evidence(said="message"), maybe_accepted=True
    )
    assert "may have accepted" in diagnose(failure, SERVER).explanation


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(list(Stage)),
    st.integers(200, 599),
    st.binary(max_size=80),
    st.sampled_from(list(TLSMode)),
    st.sampled_from(["", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "message", "RSET"]),
    st.text(max_size=20),
)
def test_whatever_a_server_says_has_a_cause_and_can_be_shown(
    stage: Stage, code: int, said: bytes, mode: TLSMode, verb: str, address: str
) -> None:
    parser = ReplyParser()
    parser.feed(f"{code} ".encode() + said.replace(b"\n", b"") + b"\r\n")
    reply = parser.take()
    server = Server("mail.test", 25, mode, username=address or None)
    diagnosis = diagnose(SessionFailure(stage, reply=reply, evidence=Evidence(said=verb)), server, address, address)
    assert diagnosis.cause in CAUSES
    assert (diagnosis.title + diagnosis.explanation + diagnosis.remedy).isprintable()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(Stage)),
    st.sampled_from(
        [OSError, TimeoutError, ConnectionResetError, ssl.SSLError, ssl.SSLCertVerificationError, RuntimeError]
    ),
    st.integers(0, 200),
    st.text(max_size=20),
    st.sampled_from(["", "EHLO", "STARTTLS", "message"]),
)
def test_whatever_an_error_is_it_has_a_cause(
    stage: Stage, kind: type[Exception], number: int, text: str, said: str
) -> None:
    error = kind(number, text)
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_code, error.verify_message = number, text
    diagnosis = diagnose(SessionFailure(stage, error=error, evidence=Evidence(said=said)), SERVER)
    assert diagnosis.cause in CAUSES
    assert diagnosis.explanation.isprintable()
