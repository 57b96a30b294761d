import time

import pytest

from notifications.smtp import Session, SessionFailure, Stage, TLSMode
from notifications.smtp.failure import BadAddress, ClosedByServer, NoReply
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import server_context
from tests.servers.scripted import Connection, scripted, smtp_script
from tests.servers.settings import to_scripted

MESSAGE = b"Subject: hello\n\n.a line that begins with a dot\n"


@pytest.mark.parametrize("mode", [TLSMode.STARTTLS, TLSMode.IMPLICIT])
def test_a_message_travels_over_tls_after_signing_in(mode: TLSMode) -> None:
    how = {"starttls": server_context()} if mode is TLSMode.STARTTLS else {"implicit": server_context()}
    with mail_server(users={"üser@mail.test": "pässWörd-1"}, **how) as server:
        with Session(server.settings(mode, username="üser@mail.test", password="pässWörd-1")) as session:
            session.open()
            accepted = session.deliver("from@mail.test", "to@mail.test", MESSAGE)
        received = server.received[0]
    assert accepted.queue_id == "TEST1"
    assert (received.sender, received.recipients) == ("from@mail.test", ["to@mail.test"])
    assert received.content == b"Subject: hello\r\n\r\n.a line that begins with a dot\r\n"
    assert (received.login, received.tls) == ("üser@mail.test", True)


def test_mode_none_never_starts_tls(starttls_server: MailServer) -> None:
    with Session(starttls_server.settings(TLSMode.NONE)) as session:
        session.deliver("from@mail.test", "to@mail.test", MESSAGE)
    assert starttls_server.received[0].tls is False
    assert "C: STARTTLS" not in session.transcript.lines


def test_a_refused_recipient_leaves_the_session_usable(plain_server: MailServer) -> None:
    plain_server.refuse["nobody@mail.test"] = "550 5.1.1 no such user"
    with Session(plain_server.settings(TLSMode.NONE)) as session:
        session.open()
        with pytest.raises(SessionFailure) as caught:
            session.deliver("from@mail.test", "nobody@mail.test", MESSAGE)
        assert session.usable
        session.deliver("from@mail.test", "to@mail.test", MESSAGE)
    assert (caught.value.stage, str(caught.value.reply)) == (Stage.RECIPIENT, "550 5.1.1 no such user")
    assert [message.recipients for message in plain_server.received] == [["to@mail.test"]]


def test_an_address_with_a_line_end_is_refused_before_anything_is_sent(plain_server: MailServer) -> None:
    with Session(plain_server.settings(TLSMode.NONE)) as session:
        session.open()
        with pytest.raises(SessionFailure) as caught:
            session.deliver("from@mail.test", "to@mail.test>\r\nDATA", MESSAGE)
        assert session.usable
    assert isinstance(caught.value.error, BadAddress)
    assert not any(line.startswith("C: MAIL") for line in session.transcript.lines)


def test_an_address_beyond_ascii_is_delivered_with_smtputf8(plain_server: MailServer) -> None:
    with Session(plain_server.settings(TLSMode.NONE)) as session:
        session.deliver("from@mail.test", "jörg@exämple.com", MESSAGE)
    assert plain_server.received[0].recipients == ["jörg@xn--exmple-cua.com"]
    assert "SMTPUTF8" in plain_server.received[0].options


def test_the_last_reply_before_the_connection_ends_is_not_lost() -> None:
    """The server says why, and closes while the message is still being sent."""

    def script(connection: Connection) -> None:
        connection.say("220 mail.test")
        for _ in range(3):
            connection.hear()
            connection.say("250 ok")
        connection.hear()
        connection.say("354 go")
        connection.hear()
        connection.say("552 5.3.4 message too large")

    with scripted(script) as server, Session(to_scripted(server)) as session:
        session.open()
        with pytest.raises(SessionFailure) as caught:
            session.deliver("from@mail.test", "to@mail.test", b"line\n" * 100_000)
    assert str(caught.value.reply) == "552 5.3.4 message too large"


@pytest.mark.parametrize(("then", "error"), [("close", ClosedByServer), ("silence", NoReply)])
def test_a_break_after_the_final_dot_leaves_the_outcome_open(then: str, error: type[Exception]) -> None:
    def script(connection: Connection) -> None:
        connection.say("220 mail.test")
        for _ in range(3):
            connection.hear()
            connection.say("250 ok")
        connection.hear()
        connection.say("354 go")
        connection.hear_message()
        if then == "silence":
            connection.wait_for_goodbye()

    with scripted(script) as server, Session(to_scripted(server), deadline=0.6) as session:
        session.open()
        with pytest.raises(SessionFailure) as caught:
            session.deliver("from@mail.test", "to@mail.test", MESSAGE)
        assert not session.usable
    assert caught.value.maybe_accepted
    assert isinstance(caught.value.error, error)


def test_a_break_before_the_final_dot_does_not(plain_server: MailServer) -> None:
    with scripted(smtp_script(mail="421 4.3.2 closing")) as server, Session(to_scripted(server)) as session:
        session.open()
        with pytest.raises(SessionFailure) as caught:
            session.deliver("from@mail.test", "to@mail.test", MESSAGE)
    assert not caught.value.maybe_accepted
    assert not session.usable


def test_close_does_not_wait_for_a_server_that_is_silent() -> None:
    def script(connection: Connection) -> None:
        connection.say("220 mail.test")
        connection.hear()
        connection.say("250 ok")
        connection.wait_for_goodbye()

    with scripted(script) as server:
        session = Session(to_scripted(server, timeout=0.3))
        session.open()
        started = time.monotonic()
        session.close()
        session.close()
        assert time.monotonic() - started < 1


def test_no_secret_is_in_the_transcript_even_when_the_server_repeats_it() -> None:
    secret = "Secret-1234"
    script = smtp_script(
        ehlo="250-mail.test\n250 AUTH PLAIN", auth=f"535 5.7.8 {secret} is wrong, AHVzZXIAU2VjcmV0LTEyMzQ="
    )
    with scripted(script) as server:
        session = Session(to_scripted(server, username="user", password=secret))
        with session, pytest.raises(SessionFailure) as caught:
            session.open()
    lines = session.transcript.lines
    assert "C: AUTH PLAIN ********" in lines
    assert "S: 535 5.7.8 ******** is wrong, ********" in lines
    everything = "\n".join([*lines, str(caught.value), repr(caught.value), repr(to_scripted(server, password=secret))])
    assert secret not in everything


def test_a_server_that_knows_only_helo_is_served() -> None:
    with scripted(smtp_script(ehlo="502 not implemented")) as server, Session(to_scripted(server)) as session:
        session.deliver("from@mail.test", "to@mail.test", MESSAGE)
    assert session.offered == frozenset()
