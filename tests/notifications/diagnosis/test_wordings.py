"""What servers and providers say, as they say it, and the cause it must name."""

import pytest

from notifications.diagnosis import diagnose
from notifications.smtp import Evidence, Reply, Server, SessionFailure, Stage, TLSMode

AUTH, MAIL, RCPT, DATA, GREETING = Stage.AUTHENTICATE, Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE, Stage.GREETING
CLEAR, TLS = TLSMode.NONE, TLSMode.STARTTLS


def cause(stage: Stage, line: str, mode: TLSMode = TLS, username: str | None = None, said: str = "") -> str:
    code, _, text = line.partition(" ")
    first, _, rest = text.partition(" ")
    enhanced = first if first.count(".") == 2 and first.replace(".", "").isdigit() else None
    reply = Reply(int(code), enhanced, rest if enhanced else text)
    server = Server("mail.test", 587, mode, username=username)
    said = said or {AUTH: "AUTH", MAIL: "MAIL", RCPT: "RCPT", DATA: "message"}.get(stage, "")
    failure = SessionFailure(stage, reply=reply, evidence=Evidence(said=said))
    return diagnose(failure, server, "from@mail.test", "to@example.com").cause


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "disabled"),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.", "disabled"),
        (
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
            "disabled",
        ),
        ("535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.", "rejected"),
        ("535 5.7.3 Authentication unsuccessful", "rejected"),
        (
            "535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail",
            "rejected",
        ),
        (
            "534 5.7.9 Application-specific password required. For more information, go to https://support.google",
            "application_password",
        ),
        (
            "534 5.7.14 <https://accounts.google.com/signin/continue>"
            " Please log in via your web browser and then try again.",
            "browser_sign_in",
        ),
        ("535 5.7.0 NEOBHODIM parol prilozheniya Application password is REQUIRED", "application_password"),
        ("535 5.7.8 Error: authentication failed: This user does not have access rights to this service", "disabled"),
        ("535 Login Fail. Please enter your authorization code to login.", "application_password"),
        ("535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "rejected"),
        ("535 5.7.8 Error: authentication failed: Connection lost to authentication server", "unavailable"),
        ("535 Incorrect authentication data", "rejected"),
        ("454 4.7.0 Temporary authentication failure: Connection lost to authentication server", "unavailable"),
        ("504 5.7.4 Unrecognized authentication type", "no_common_mechanism"),
        ("504 Unknown mechanism <PLAIN>", "no_common_mechanism"),
        ("503 5.5.1 Error: authentication not enabled", "not_offered"),
        ("525 5.7.13 User account disabled", "disabled"),
        ("550 go away", "rejected"),
    ],
)  # fmt: skip
def test_refused_sign_ins(line: str, expected: str) -> None:
    assert cause(AUTH, line, username="user") == f"authenticate.{expected}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("454 4.7.0 Too many login attempts, please try again later.", "server.rate_limited"),
        ("535 5.7.0 (#AUTH005) Too many bad auth attempts.", "server.rate_limited"),
        (
            "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending",
            "server.rate_limited",
        ),
        ("451 Authentication failed: Maximum credits exceeded", "server.quota_exceeded"),
        ("421 4.3.0 closing", "server.busy"),
    ],
)
def test_refused_sign_ins_that_are_no_fault_of_the_credentials(line: str, expected: str) -> None:
    assert cause(AUTH, line, username="user") == expected


@pytest.mark.parametrize(
    "line",
    [
        "538 5.7.11 Encryption required for requested authentication mechanism",
        "530 5.7.0 Must issue a STARTTLS command first",
        "535 5.7.1 Plaintext authentication disallowed on non-secure (SSL/TLS) connections",
    ],
)
def test_a_sign_in_that_needs_tls(line: str) -> None:
    assert cause(AUTH, line, CLEAR, "user") == "authenticate.needs_tls"
    assert cause(AUTH, line, TLS, "user") == "authenticate.rejected"


@pytest.mark.parametrize(
    ("stage", "line", "expected"),
    [
        (RCPT, "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", "hello.rejected"),
        (RCPT, "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", "hello.rejected"),
        (GREETING, "501 Syntactically invalid HELO argument(s)", "hello.rejected"),
        (
            RCPT, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
            "server.blocked_client",
        ),
        (RCPT, "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", "server.blocked_client"),
        (
            MAIL, "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your provider",
            "server.blocked_client",
        ),
        (RCPT, "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "server.blocked_client"),
        (
            DATA, "550 5.7.25 The IP address sending this message does not have a PTR record setup",
            "server.blocked_client",
        ),
        (
            GREETING, "554 Your access to this mail system has been rejected due to poor reputation of the sending IP",
            "server.blocked_client",
        ),
        (GREETING, "421 4.7.0 mail.test Error: too many connections from 192.0.2.1", "server.rate_limited"),
        (DATA, "454 Throttling failure: Maximum sending rate exceeded.", "server.rate_limited"),
        (DATA, "454 Throttling failure: Daily message quota exceeded.", "server.quota_exceeded"),
        (DATA, "550 5.4.5 Daily user sending limit exceeded.", "server.quota_exceeded"),
        (MAIL, "452 4.3.1 Insufficient system storage", "server.storage"),
        (MAIL, "452 Requested action not taken: insufficient system storage", "server.storage"),
        (MAIL, "552 5.3.4 Message size exceeds fixed limit", "message.too_large"),
        (DATA, "552 5.2.3 Message exceeds maximum size", "message.too_large"),
        (MAIL, "552 size limit", "message.too_large"),
        (MAIL, "530 5.7.0 Must issue a STARTTLS command first", "sender.rejected"),
        (
            MAIL, "530 5.7.0 Authentication Required. For more information, go to https://support.google.com",
            "authenticate.required",
        ),
        (MAIL, "530 5.7.57 Client not authenticated to send mail.", "authenticate.required"),
        (RCPT, "550 authentication required", "authenticate.required"),
        (RCPT, "553 5.7.1 <a@b.c>: Sender address rejected: not logged in", "authenticate.required"),
        (MAIL, "530 no", "authenticate.required"),
        (MAIL, "553 5.7.1 Sender address rejected: not owned by auth user.", "sender.not_allowed"),
        (RCPT, "553 5.7.1 <a@b.c>: Sender address rejected: not owned by user x", "sender.not_allowed"),
        (DATA, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", "sender.not_allowed"),
        (DATA, "554 5.2.252 SendAsDenied; user not allowed to send as other", "sender.not_allowed"),
        (
            DATA, "554 Message rejected: Email address is not verified. The following identities failed",
            "sender.not_allowed",
        ),
        (DATA, "550 The from address does not match a verified Sender Identity.", "sender.not_allowed"),
        (MAIL, "553 Mail from must equal authorized user", "sender.not_allowed"),
        (DATA, "553 Relaying disallowed as a@b.c", "sender.not_allowed"),
        (RCPT, "450 4.1.8 <a@nowhere>: Sender address rejected: Domain not found", "sender.domain_unknown"),
        (MAIL, "553 5.1.8 <a@nowhere>... Domain of sender address a@nowhere does not exist", "sender.domain_unknown"),
        (RCPT, "504 5.5.2 <a>: Sender address rejected: need fully-qualified address", "sender.rejected"),
        (MAIL, "550 no thanks", "sender.rejected"),
        (RCPT, "554 5.7.1 <test@example.com>: Relay access denied", "recipient.relay_denied"),
        (RCPT, "454 4.7.1 <test@example.com>: Relay access denied", "recipient.relay_denied"),
        (RCPT, "550 relay not permitted", "recipient.relay_denied"),
        (RCPT, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "recipient.relay_denied"),
        (RCPT, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "recipient.relay_denied"),
        (
            RCPT, "550 5.1.1 <x@y.z>: Recipient address rejected: User unknown in local recipient table",
            "recipient.unknown",
        ),
        (
            RCPT, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            "recipient.unknown",
        ),
        (RCPT, "550 5.4.1 Recipient address rejected: Access denied.", "recipient.unknown"),
        (RCPT, "550 No such user here", "recipient.unknown"),
        (RCPT, "556 5.1.10 Recipient address has null MX", "recipient.domain_unknown"),
        (RCPT, "450 4.1.2 <x@nowhere>: Recipient address rejected: Domain not found", "recipient.domain_unknown"),
        (RCPT, "452 4.2.2 The email account that you tried to reach is over quota", "recipient.mailbox_full"),
        (RCPT, "552 mailbox is full", "recipient.mailbox_full"),
        (DATA, "552 5.2.2 <x@y.z>: user quota exceeded", "recipient.mailbox_full"),
        (
            RCPT, "450 4.2.0 <x@y.z>: Recipient address rejected: Greylisted, see http://postgrey",
            "recipient.greylisted",
        ),
        (RCPT, "451 4.7.1 Greylisting in action, please come back later", "recipient.greylisted"),
        (RCPT, "451 4.7.1 Please try again later", "recipient.greylisted"),
        (RCPT, "550 whatever", "recipient.rejected"),
        (DATA, "554 5.7.1 This message looks like spam", "message.spam"),
        (DATA, "550 High probability of spam", "message.spam"),
        (
            DATA, "550 5.7.26 Unauthenticated email from mail.test is not accepted due to domain's DMARC policy.",
            "message.unauthenticated_domain",
        ),
        (RCPT, "550 5.7.23 SPF fail - not authorized", "message.unauthenticated_domain"),
        (
            DATA, "550 5.7.515 Access denied, sending domain mail.test doesn't meet the required authentication level",
            "message.unauthenticated_domain",
        ),
        (DATA, "554 whatever", "message.rejected"),
        (DATA, "451 whatever", "server.busy"),
        (RCPT, "450 whatever", "server.busy"),
        (MAIL, "421 4.3.2 Service not available, closing transmission channel", "server.busy"),
        (RCPT, "452 4.5.3 Too many recipients", "server.rate_limited"),
        (MAIL, "500 5.5.2 Error: bad UTF-8 syntax", "server.no_smtputf8"),
        (RCPT, "553 5.6.7 Address requires SMTPUTF8", "server.no_smtputf8"),
        (DATA, "250 what", "server.garbled"),
        (GREETING, "554 no SMTP service here", "greeting.rejected"),
    ],
)  # fmt: skip
def test_refusals(stage: Stage, line: str, expected: str) -> None:
    assert cause(stage, line) == expected


@pytest.mark.parametrize(
    ("stage", "line", "expected"),
    [
        (MAIL, "530 5.7.0 Must issue a STARTTLS command first", "tls.required"),
        (MAIL, "530 Encryption required", "tls.required"),
        (RCPT, "550 5.7.1 Session encryption is required", "tls.required"),
        (MAIL, "530 5.7.0 Authentication required", "authenticate.required"),
    ],
)
def test_refusals_without_tls(stage: Stage, line: str, expected: str) -> None:
    assert cause(stage, line, CLEAR) == expected


@pytest.mark.parametrize(("said", "expected"), [("STARTTLS", "tls.refused"), ("EHLO", "hello.rejected")])
def test_refusals_around_tls(said: str, expected: str) -> None:
    assert cause(Stage.TLS, "550 no", said=said) == expected


def test_starttls_that_is_refused_for_now_is_refused() -> None:
    assert cause(Stage.TLS, "454 4.7.0 TLS not available due to local problem", said="STARTTLS") == "tls.refused"


def test_a_client_turned_away_is_told_to_sign_in_where_signing_in_is_offered() -> None:
    reply = Reply(554, "5.7.1", "<unknown[192.0.2.1]>: Client host rejected: Access denied")
    server = Server("mail.test", 587, TLS)
    found = [
        diagnose(SessionFailure(RCPT, reply=reply, evidence=Evidence(offered=offered, said="RCPT")), server).cause
        for offered in ((), ("AUTH",))
    ]
    assert found == ["server.blocked_client", "authenticate.required"]
