"""TLS in a test e-mail: certificates, modes and attacks, and what a person would be told."""

import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications.smtp import TLSMode
from tests.notifications.probing import IMPLICIT, NONE, STARTTLS, against, found, tried
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import AUTHORITY, self_signed_context, server_context
from tests.servers.scripted import Connection, default_tls, smtp_script

NOW = datetime.now(UTC)


@pytest.mark.parametrize("mode", [NONE, STARTTLS])
def test_a_server_that_expects_tls_from_the_start(mode: TLSMode, implicit_tls_server: MailServer) -> None:
    assert found(implicit_tls_server.settings(mode, timeout=2.0)) == ("greeting.expects_tls", "greeting")


def test_a_server_that_does_not_speak_tls_on_this_port(starttls_server: MailServer) -> None:
    assert found(starttls_server.settings(IMPLICIT)) == ("tls.not_spoken", "tls")


def test_a_server_without_starttls_gets_nothing_in_clear(plain_server: MailServer) -> None:
    settings = plain_server.settings(STARTTLS, username="user", password="Secret-1234")
    report = tried(settings)
    assert report.diagnosis is not None
    assert report.diagnosis.cause == "tls.not_offered"
    assert not any(line.startswith(("C: AUTH", "C: MAIL")) for line in report.transcript)


@pytest.mark.parametrize("mode", [STARTTLS, IMPLICIT])
@pytest.mark.parametrize(
    ("context", "settings", "cause"),
    [
        (server_context(), {"ca_certificate": ""}, "tls.untrusted"),
        (self_signed_context()[0], {}, "tls.untrusted"),
        (server_context(not_before=NOW - timedelta(9), not_after=NOW - timedelta(1)), {}, "tls.expired"),
        (server_context(not_before=NOW + timedelta(1), not_after=NOW + timedelta(9)), {}, "tls.not_yet_valid"),
        (server_context("other.example"), {}, "tls.name_mismatch"),
        (server_context(), {"ca_certificate": "no certificate"}, "tls.failed"),
    ],
)
def test_certificates(mode: TLSMode, context: ssl.SSLContext, settings: dict[str, Any], cause: str) -> None:
    how: dict[str, Any] = {"starttls": context} if mode is STARTTLS else {"implicit": context}
    with mail_server(**how) as server:
        assert found(server.settings(mode, **settings)) == (cause, "tls")


def test_a_certificate_for_other_names_lists_them() -> None:
    with mail_server(starttls=server_context("one.example", "two.example")) as server:
        diagnosis = tried(server.settings(STARTTLS)).diagnosis
    assert diagnosis is not None
    assert "It is for one.example, two.example." in diagnosis.explanation


def test_a_certificate_that_is_too_weak() -> None:
    context, certificate = self_signed_context(weak=True)
    with mail_server(starttls=context) as server:
        diagnosis = tried(server.settings(STARTTLS, ca_certificate=certificate)).diagnosis
    assert diagnosis is not None
    assert diagnosis.cause == "tls.weak_certificate"
    assert "RSA 1024 bits" in diagnosis.explanation


def test_a_self_signed_certificate_may_itself_be_the_authority() -> None:
    context, certificate = self_signed_context()
    with mail_server(starttls=context) as server:
        assert tried(server.settings(STARTTLS, ca_certificate=certificate)).delivered


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_demands_a_client_certificate(version: ssl.TLSVersion) -> None:
    context = server_context()
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    AUTHORITY.configure_trust(context)
    cause, _ = against(smtp_script(ehlo="250-x\n250 STARTTLS", tls=context), STARTTLS)
    assert cause == "tls.client_certificate"


def test_a_server_without_a_common_cipher() -> None:
    context = server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    # Without a certificate: no client's default allows that, Debian's generous one included.
    context.set_ciphers("ADH-AES128-SHA256:@SECLEVEL=0")
    script = smtp_script(ehlo="250-x\n250 STARTTLS", tls=context)
    assert against(script, STARTTLS) == ("tls.protocol", "tls")


def test_starttls_that_is_refused() -> None:
    script = smtp_script(ehlo="250-x\n250 STARTTLS", starttls="454 4.7.0 TLS not available due to local problem")
    assert against(script, STARTTLS) == ("tls.refused", "tls")


@pytest.mark.parametrize("together", [True, False])
def test_bytes_before_the_handshake_are_an_attack(together: bool) -> None:
    def script(connection: Connection) -> None:
        connection.say("220 mail.test")
        connection.hear()
        connection.say("250-mail.test\n250 STARTTLS")
        connection.hear()
        connection.say("220 go ahead\n250 injected" if together else "220 go ahead")
        if not together:
            connection.say("250 injected")
        connection.wait_for_goodbye()

    assert against(script, STARTTLS) == ("tls.injected", "tls")


def test_what_was_offered_before_tls_does_not_count_after_it() -> None:
    script = smtp_script(ehlo="250-x\n250-AUTH PLAIN\n250 STARTTLS", tls=default_tls(), after_tls="250 x")
    cause = against(script, STARTTLS, username="user", password="Secret-1234")
    assert cause == ("authenticate.not_offered", "authenticate")
