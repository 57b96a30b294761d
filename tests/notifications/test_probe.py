"""A test e-mail against real servers and servers that misbehave: what a person would be told."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from notifications.diagnosis import diagnosis_of
from notifications.probe import not_tried
from notifications.smtp import Rules, Server, TLSMode
from tests.notifications.probing import IMPLICIT, NONE, STARTTLS, against, found, tried
from tests.servers.aiosmtp import MailServer
from tests.servers.postfix import Postfix
from tests.servers.scripted import Connection, Script, default_tls, scripted, smtp_script
from tests.servers.settings import to_scripted

STAGES = ["resolve", "connect", "greeting", "tls", "authenticate", "sender", "recipient", "message"]


def test_a_delivered_test_has_the_form_of_the_contract(starttls_server: MailServer) -> None:
    settings = starttls_server.settings(STARTTLS, username="user", password="Secret-1234")
    report = json.loads(json.dumps(tried(settings).as_json()))
    assert list(report) == [
        "delivered", "cause", "stage", "explanation", "remedy", "server", "reply", "message_id", "queue_id", "stages",
        "transcript",
    ]  # fmt: skip
    assert report["delivered"] is True
    assert (report["cause"], report["stage"], report["explanation"], report["remedy"]) == (None, None, None, None)
    address = {"address": "localhost", "port": starttls_server.port, "ip": "127.0.0.1", "tls_mode": "starttls"}
    assert report["server"] == address
    assert (report["message_id"], report["queue_id"]) == ("<1@mail.test>", "TEST1")
    assert report["reply"] == {"code": 250, "enhanced": "2.0.0", "text": "Ok: queued as TEST1"}
    assert [(stage["name"], stage["status"]) for stage in report["stages"]] == [(name, "ok") for name in STAGES]
    assert list(report["stages"][0]) == ["name", "status", "elapsed_ms", "detail"]
    assert "C: AUTH PLAIN ********" in report["transcript"]


def test_a_failed_test_shows_all_stages_in_the_order_they_ran(implicit_tls_server: MailServer) -> None:
    report = tried(implicit_tls_server.settings(IMPLICIT, username="user", password="wrong"))
    assert [(str(result.stage), result.status) for result in report.stages] == [
        ("resolve", "ok"),
        ("connect", "ok"),
        ("tls", "ok"),
        ("greeting", "ok"),
        ("authenticate", "failed"),
        ("sender", "skipped"),
        ("recipient", "skipped"),
        ("message", "skipped"),
    ]
    assert report.as_json()["cause"] == "authenticate.rejected"
    assert report.as_json()["reply"]["code"] == 535


def test_an_ip_address_needs_no_resolving(plain_server: MailServer) -> None:
    report = tried(Server("127.0.0.1", plain_server.port, NONE))
    assert (report.delivered, report.stages[0].status) == (True, "skipped")


def test_what_was_not_tried_has_every_stage_skipped() -> None:
    report = not_tried(diagnosis_of("settings.missing"), None, "<1@mail.test>").as_json()
    assert (report["delivered"], report["cause"], report["stage"], report["reply"]) == (
        False,
        "settings.missing",
        None,
        None,
    )
    assert [(stage["name"], stage["status"]) for stage in report["stages"]] == [(name, "skipped") for name in STAGES]
    assert report["transcript"] == []


def test_postfix_delivers_with_starttls_and_sasl(postfix_server: Postfix) -> None:
    report = tried(postfix_server.settings(), to="someone@example.test", deadline=20)
    assert report.diagnosis is None
    assert report.queue_id
    assert postfix_server.sink.wait_for("someone@example.test") == {"someone@example.test"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"password": "wrong-password"}, ("authenticate.rejected", "authenticate")),
        ({"ca_certificate": ""}, ("tls.untrusted", "tls")),
        ({"username": None}, ("recipient.relay_denied", "recipient")),
        ({"ehlo_name": "localhost"}, ("hello.rejected", "recipient")),
    ],
)
def test_postfix_is_understood(postfix_server: Postfix, settings: dict[str, Any], expected: tuple[str, str]) -> None:
    assert found(postfix_server.settings(**settings), deadline=20) == expected


def test_a_closed_port() -> None:
    with scripted(smtp_script()) as server:
        settings = to_scripted(server)
    assert found(settings) == ("connect.refused", "connect")


def test_a_name_that_does_not_exist() -> None:
    assert found(Server("mail.invalid", 25, NONE)) == ("resolve.not_found", "resolve")


def test_addresses_and_ports_that_are_forbidden() -> None:
    assert found(Server("169.254.169.254", 80, NONE)) == ("connect.forbidden", "connect")
    assert found(Server("localhost", 25, NONE, rules=Rules(allowed_ports=frozenset((587,))))) == (
        "connect.forbidden",
        "connect",
    )


@pytest.mark.parametrize("mode", list(TLSMode))
def test_a_server_that_closes_at_once(mode: TLSMode) -> None:
    assert against(lambda connection: connection.close(), mode)[0] == "greeting.closed"


@pytest.mark.parametrize("mode", list(TLSMode))
def test_a_server_that_is_silent(mode: TLSMode) -> None:
    assert against(Connection.wait_for_goodbye, mode, timeout=0.6)[0] == "greeting.timeout"


@pytest.mark.parametrize(
    ("banner", "expected"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
        (b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n", "IMAP"),
        (b"+OK Dovecot ready.\r\n", "POP3"),
        (b"\xff\xfd\x18\xff\xfd\x20", "Telnet"),
        (b"220 (vsFTPd 3.0.3)\r\n", "FTP"),
    ],
)
def test_something_else_is_named_and_not_quoted(banner: bytes, expected: str) -> None:
    def script(connection: Connection) -> None:
        connection.say(banner)
        while connection.hear():
            connection.say("530 Please login with USER and PASS.")

    with scripted(script) as server:
        diagnosis = tried(to_scripted(server)).diagnosis
    assert diagnosis is not None
    assert diagnosis.cause == "greeting.not_smtp"
    assert f"it looks like {expected}" in diagnosis.explanation
    assert "Dovecot" not in diagnosis.explanation


def test_a_web_server_that_waits_for_a_request() -> None:
    class Quiet(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            assert found(Server("localhost", server.server_port, NONE, timeout=2.0)) == (
                "greeting.not_smtp",
                "greeting",
            )
        finally:
            server.shutdown()
            thread.join()


AUTH = {"username": "user", "password": "Secret-1234"}


@pytest.mark.parametrize(
    ("script", "settings", "expected"),
    [
        (smtp_script(banner="554 no service"), {}, ("greeting.rejected", "greeting")),
        (smtp_script(banner="421 too busy"), {}, ("server.busy", "greeting")),
        (smtp_script(ehlo="550 bad name", helo="550 bad name"), {}, ("hello.rejected", "greeting")),
        (smtp_script(ehlo="what is this"), {}, ("server.garbled", "greeting")),
        (smtp_script(), AUTH, ("authenticate.not_offered", "authenticate")),
        (
            smtp_script(ehlo="250-x\n250 AUTH GSSAPI XOAUTH2"), AUTH,
            ("authenticate.no_common_mechanism", "authenticate"),
        ),
        (
            smtp_script(ehlo="250-x\n250 AUTH PLAIN", auth="454 4.7.0 later"), AUTH,
            ("authenticate.unavailable", "authenticate"),
        ),
        (smtp_script(mail="530 5.7.0 Must issue a STARTTLS command first"), {}, ("tls.required", "sender")),
        (smtp_script(mail="530 5.7.1 Authentication required"), {}, ("authenticate.required", "sender")),
        (smtp_script(data="554 no"), {}, ("message.rejected", "message")),
        (smtp_script(data="250 what"), {}, ("server.garbled", "message")),
        (smtp_script(final="552 5.3.4 too big"), {}, ("message.too_large", "message")),
        (smtp_script(final="451 4.3.0 later"), {}, ("server.busy", "message")),
    ],
)  # fmt: skip
def test_replies_in_the_dialogue(script: Script, settings: dict[str, Any], expected: tuple[str, str]) -> None:
    assert against(script, **settings) == expected


@pytest.mark.parametrize(
    ("after_tls", "expected"),
    [("250-x\n250 AUTH PLAIN", "authenticate.needs_tls"), ("250 x", "authenticate.not_offered")],
)
def test_authentication_that_is_missing_without_tls(after_tls: str, expected: str) -> None:
    """A second look tells whether TLS would bring it; no credentials are sent."""
    script = smtp_script(ehlo="250-x\n250 STARTTLS", tls=default_tls(), after_tls=after_tls)
    assert against(script, **AUTH) == (expected, "authenticate")


def test_an_address_beyond_ascii_on_a_server_that_takes_none() -> None:
    with scripted(smtp_script()) as server:
        assert found(to_scripted(server), to="jörg@example.com") == ("server.no_smtputf8", "sender")


def test_an_address_that_would_break_out_of_its_command(plain_server: MailServer) -> None:
    report = tried(plain_server.settings(NONE), to="to@example.com\r\nRSET")
    assert report.diagnosis is not None
    assert not any("RSET" in line for line in report.transcript)


def silence_after(verb: str) -> Script:
    def script(connection: Connection) -> None:
        connection.say("220 mail.test")
        while line := connection.hear():
            if line.upper().startswith(verb):
                connection.wait_for_goodbye()
                return
            connection.say("354 go" if line == "DATA" else "250 ok")
            if line == "DATA":
                connection.hear_message()
                connection.wait_for_goodbye()
                return

    return script


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA", "nothing"])
def test_silence_in_the_dialogue(verb: str) -> None:
    with scripted(silence_after(verb)) as server:
        assert found(to_scripted(server, timeout=0.4), deadline=1.0)[0] == "server.timeout"


def drip(connection: Connection) -> None:
    while not connection.pause(0.1):
        connection.say(b"2")


def drip_lines(connection: Connection) -> None:
    connection.say("220 mail.test")
    connection.hear()
    while not connection.pause(0.02):
        connection.say(b"250-x\r\n")


def flood(connection: Connection) -> None:
    while not connection.pause(0):
        connection.say(b"220-" + b"x" * 60_000)


def flood_of_lines(connection: Connection) -> None:
    while not connection.pause(0):
        connection.say(b"220-hello\r\n" * 6000)


def dripping_handshake(connection: Connection) -> None:
    connection.say(b"\x16\x03\x03\x40\x00")
    while not connection.pause(0.1):
        connection.say(b"\x02")


@pytest.mark.alone
@pytest.mark.parametrize("script", [drip, drip_lines, flood, flood_of_lines, Connection.wait_for_goodbye])
@pytest.mark.parametrize("mode", [NONE, IMPLICIT])
def test_a_probe_ends_within_its_deadline_whatever_comes(script: Script, mode: TLSMode) -> None:
    with scripted(script) as server:
        started = time.monotonic()
        report = tried(to_scripted(server, mode, timeout=30.0), deadline=1.0)
        assert time.monotonic() - started < 1.2
    assert not report.delivered
    assert sum(map(len, report.transcript)) < 100_000


@pytest.mark.alone
def test_a_handshake_that_never_ends_is_ended() -> None:
    with scripted(dripping_handshake) as server:
        started = time.monotonic()
        assert found(to_scripted(server, IMPLICIT, timeout=30.0), deadline=1.0) == ("tls.failed", "tls")
        assert time.monotonic() - started < 1.2
