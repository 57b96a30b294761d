"""What a failed test proposes: another port or TLS mode that was seen to answer, with real servers on both."""

import time
from collections.abc import Iterator, Mapping

import pytest

from notifications.probe import Report, probe
from notifications.proposals import Proposal
from notifications.smtp import Rules, Server, TLSMode
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import server_context
from tests.servers.scripted import Connection, Script, scripted, smtp_script
from tests.servers.settings import to_scripted

NONE, STARTTLS, IMPLICIT = TLSMode.NONE, TLSMode.STARTTLS, TLSMode.IMPLICIT


@pytest.fixture
def tls_from_the_start() -> Iterator[MailServer]:
    with mail_server(implicit=server_context(), users={"user": "Secret-1234"}) as server:
        yield server


@pytest.fixture
def closed_port() -> int:
    with scripted(smtp_script()) as server:
        return server.port


def tried(server: Server, usual: Mapping[int, TLSMode] | None = None) -> Report:
    return probe(
        server, "from@mail.test", "to@example.com", b"Subject: test\r\n\r\ntest\r\n",
        message_id="<1@mail.test>", deadline=6.0, usual_ports=usual or {},
    )  # fmt: skip


def from_the_first_byte(port: int) -> Proposal:
    return Proposal(
        f"Port {port} of this server speaks TLS from the first byte.",
        f"Use port {port} with implicit TLS",
        {"port": str(port), "use_tls": True, "tls_mode": "implicit"},
    )


def by_starttls(port: int) -> Proposal:
    return Proposal(
        f"Port {port} of this server offers STARTTLS.",
        f"Use port {port} with STARTTLS",
        {"port": str(port), "use_tls": True, "tls_mode": "starttls"},
    )


def told(report: Report) -> tuple[str, tuple[Proposal, ...]]:
    assert report.diagnosis is not None
    return report.diagnosis.cause, report.proposals


@pytest.mark.parametrize("mode", [NONE, STARTTLS])
def test_implicit_tls_is_proposed_where_the_port_speaks_it(tls_from_the_start: MailServer, mode: TLSMode) -> None:
    report = tried(tls_from_the_start.settings(mode, username="user", password="Secret-1234", timeout=2.0))
    expected = from_the_first_byte(tls_from_the_start.port)
    assert told(report) == ("greeting.expects_tls", (expected,))
    assert report.as_json()["remedy"].startswith(f"{expected.sentence} Switch TLS on")


def test_starttls_is_proposed_where_the_port_answers_in_clear(starttls_server: MailServer) -> None:
    report = tried(starttls_server.settings(IMPLICIT))
    assert told(report) == ("tls.not_spoken", (by_starttls(starttls_server.port),))


def test_the_usual_ports_are_tried_when_this_one_is_closed(
    tls_from_the_start: MailServer, starttls_server: MailServer, closed_port: int
) -> None:
    usual = {tls_from_the_start.port: IMPLICIT, starttls_server.port: STARTTLS}
    settings = Server("localhost", closed_port, STARTTLS, username="user", password="Secret-1234", timeout=2.0)
    proposals = (from_the_first_byte(tls_from_the_start.port), by_starttls(starttls_server.port))
    assert told(tried(settings, usual)) == ("connect.refused", proposals)
    assert (tls_from_the_start.sign_ins, starttls_server.sign_ins) == ([], [])
    assert (tls_from_the_start.received, starttls_server.received) == ([], [])


def test_tls_is_never_proposed_away(plain_server: MailServer) -> None:
    with mail_server() as other:
        report = tried(plain_server.settings(STARTTLS), {other.port: STARTTLS})
    assert told(report) == ("tls.not_offered", ())


def test_without_tls_another_port_without_tls_will_do(plain_server: MailServer, closed_port: int) -> None:
    report = tried(Server("localhost", closed_port, NONE), {plain_server.port: STARTTLS})
    proposal = Proposal(
        f"Port {plain_server.port} of this server speaks SMTP.",
        f"Use port {plain_server.port}",
        {"port": str(plain_server.port)},
    )
    assert told(report) == ("connect.refused", (proposal,))


def test_the_operators_rules_hold_for_the_look_too(starttls_server: MailServer, closed_port: int) -> None:
    rules = Rules(allowed_ports=frozenset({closed_port}))
    report = tried(Server("localhost", closed_port, STARTTLS, rules=rules), {starttls_server.port: STARTTLS})
    assert told(report) == ("connect.refused", ())


def test_silence_everywhere_costs_a_second_at_the_most() -> None:
    with scripted(Connection.wait_for_goodbye) as one, scripted(Connection.wait_for_goodbye) as two:
        started = time.monotonic()
        report = tried(to_scripted(one, STARTTLS, timeout=1.0), {two.port: STARTTLS})
        took = time.monotonic() - started
    assert told(report) == ("greeting.timeout", ())
    assert took < 1.0 + 1.0 + 0.5


def late(seconds: float) -> Script:
    """A server that lets its clients wait for the banner, as postscreen does, and is in good order then."""

    def script(connection: Connection) -> None:
        if not connection.pause(seconds):
            smtp_script()(connection)

    return script


def test_a_server_that_greets_late_is_not_proposed_and_that_is_said(closed_port: int) -> None:
    with scripted(late(3.0)) as patient:
        report = tried(Server("localhost", closed_port, NONE), {patient.port: STARTTLS})
    assert told(report) == ("connect.refused", ())
    assert f"Port {patient.port} of this server took a connection too and had not greeted" in report.as_json()["remedy"]
    assert report.as_json()["remedy"].endswith("nothing is known of it, and nothing proposed.")


def test_a_server_that_greets_late_is_waited_for_and_delivers() -> None:
    with scripted(late(2.5)) as patient:
        report = tried(to_scripted(patient, NONE, timeout=5.0))
    assert report.delivered


@pytest.mark.parametrize(
    "script",
    [
        smtp_script(banner="554 no service here"),
        smtp_script(ehlo="550 go away", helo="550 go away"),
        smtp_script(ehlo="250-mail.test\n250 STARTTLS", starttls="454 not now"),
        lambda connection: connection.say(b"* OK IMAP4rev1 ready\r\n"),
        lambda connection: connection.say(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    ],
)
def test_what_does_not_answer_as_it_should_is_not_proposed(script, closed_port: int) -> None:
    with scripted(script) as other:
        report = tried(Server("localhost", closed_port, STARTTLS), {other.port: STARTTLS})
    assert told(report) == ("connect.refused", ())


@pytest.mark.parametrize("settings", [{"username": "user", "password": "wrong"}, {"ca_certificate": "nonsense"}])
def test_nothing_is_tried_where_the_way_is_not_at_fault(starttls_server: MailServer, settings: dict) -> None:
    with scripted(smtp_script()) as other:
        report = tried(starttls_server.settings(STARTTLS, **settings), {other.port: STARTTLS})
        assert (report.delivered, report.proposals, other.accepted) == (False, (), 0)
