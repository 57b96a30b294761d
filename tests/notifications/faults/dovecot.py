"""What a Dovecot can refuse as a submission server, and its ports that are no SMTP. `setup`: its settings."""

from notifications.smtp import TLSMode
from tests.notifications.faults.case import DELIVERED, Case

NONE, IMPLICIT = TLSMode.NONE, TLSMode.IMPLICIT
SUBMISSIONS = {"service": "submissions", "tls_mode": IMPLICIT}
# A client on the server's own address counts as safe: plain passwords are taken without TLS.
STRANGER = {"listen": "127.0.0.2"}
FROM_STRANGER = {"address": "127.0.0.2", "tls_mode": NONE}
DOWN = {"passdb": "driver = checkpassword\n args = /bin/sh -c 'exit 111'"}
CLIENT_CERTIFICATE = {
    "auth_ssl_require_client_cert": "yes",
    "ssl_verify_client_cert": "yes",
    "ssl_ca": "</etc/ssl/certs/ca-certificates.crt",
}


def mechanisms(names: str) -> dict[str, str]:
    return {"auth_mechanisms": names}


SUBMISSION = (
    Case("good order", {}, {}, DELIVERED),
    Case("implicit TLS", {}, SUBMISSIONS, DELIVERED),
    Case("SCRAM-SHA-256 alone", mechanisms("scram-sha-256"), {}, DELIVERED),
    Case(
        "SCRAM-SHA-256 alone, wrong password", mechanisms("scram-sha-256"), {"password": "wrong"},
        "authenticate.rejected at authenticate",
    ),
    Case("SCRAM-SHA-1 and LOGIN", mechanisms("scram-sha-1 login"), {}, DELIVERED),
    Case("CRAM-MD5 alone", mechanisms("cram-md5"), {}, DELIVERED),
    Case(
        "CRAM-MD5 alone, wrong password", mechanisms("cram-md5"), {"password": "wrong"},
        "authenticate.rejected at authenticate",
    ),
    Case("LOGIN alone", mechanisms("login"), {}, DELIVERED),
    Case("TLS 1.3 alone", {"ssl_min_protocol": "TLSv1.3"}, {}, DELIVERED),
    Case("in clear, on the server's own machine", {}, {"tls_mode": NONE}, DELIVERED),
    Case("wrong password", {}, {"password": "wrong"}, "authenticate.rejected at authenticate", ("sender@mail.test",)),
    Case(
        "OAuth alone", mechanisms("oauthbearer xoauth2"), {}, "authenticate.no_common_mechanism at authenticate",
        ("XOAUTH2", "OAuth"),
    ),
    Case(
        "sign-in disabled for this user", {}, {"username": "boss@mail.test"}, "authenticate.disabled at authenticate",
        ("boss@mail.test",),
    ),
    Case(
        "password check fails for now", DOWN | mechanisms("plain"), {}, "authenticate.unavailable at authenticate",
        ("Nothing is wrong",),
    ),
    Case(
        "a client certificate demanded", CLIENT_CERTIFICATE, {}, "tls.client_certificate at authenticate",
        ("not supported",),
    ),
    Case("no sign-in", {}, {"username": None}, "authenticate.required at sender", ("Switch SMTP Authentication on",)),
    Case("no TLS", {"ssl": "no"}, {}, "tls.not_offered at tls"),
    Case(
        "in clear, where TLS is demanded", STRANGER | {"ssl": "required"}, FROM_STRANGER,
        "authenticate.needs_tls at authenticate", ("Switch TLS on",),
    ),
    Case(
        "in clear, where passwords are not", STRANGER | mechanisms("plain login"), FROM_STRANGER,
        "authenticate.needs_tls at authenticate",
    ),
    Case(
        "neither TLS nor passwords in clear", STRANGER | {"ssl": "no"} | mechanisms("plain"), FROM_STRANGER,
        "authenticate.no_common_mechanism at authenticate",
    ),
    Case(
        "another server behind it is down", {"submission_relay_port": "1"}, {}, "server.busy at sender",
        ("relay server",),
    ),
    Case("too large", {"submission_max_mail_size": "50"}, {}, "message.too_large at sender"),
    Case(
        "implicit TLS, addressed in clear", {}, {"service": "submissions", "tls_mode": NONE},
        "greeting.expects_tls at greeting",
    ),
    Case("implicit TLS, addressed for STARTTLS", {}, {"service": "submissions"}, "greeting.expects_tls at greeting"),
    Case("STARTTLS, addressed with implicit TLS", {}, {"tls_mode": IMPLICIT}, "tls.not_spoken at tls"),
)  # fmt: skip

OTHER_PROTOCOLS = (
    Case("IMAP", {}, {"service": "imap"}, "greeting.not_smtp at greeting", ("looks like IMAP",)),
    Case(
        "IMAP with implicit TLS", {}, {"service": "imaps", "tls_mode": IMPLICIT}, "greeting.not_smtp at greeting",
        ("looks like IMAP",),
    ),
    Case(
        "IMAP, addressed with implicit TLS", {}, {"service": "imap", "tls_mode": IMPLICIT}, "tls.not_spoken at tls",
        ("looks like IMAP",),
    ),
    Case(
        "IMAP with implicit TLS, addressed for STARTTLS", {}, {"service": "imaps"}, "greeting.expects_tls at greeting",
    ),
    Case("POP3", {}, {"service": "pop3"}, "greeting.not_smtp at greeting", ("looks like POP3",)),
    Case(
        "POP3 with implicit TLS", {}, {"service": "pop3s", "tls_mode": IMPLICIT}, "greeting.not_smtp at greeting",
        ("POP3",),
    ),
    Case("ManageSieve", {}, {"service": "sieve"}, "greeting.not_smtp at greeting", ("looks like ManageSieve",)),
    Case("LMTP", {}, {"service": "lmtp"}, "hello.rejected at greeting", ("LMTP", "Port Number")),
)  # fmt: skip

CASES = (*SUBMISSION, *OTHER_PROTOCOLS)
