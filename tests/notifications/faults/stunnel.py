"""Certificates, versions and ciphers of TLS, as a stunnel before a mail server presents them: its options by row."""

from notifications.smtp import TLSMode
from tests.notifications.faults.case import DELIVERED, Case

NONE, STARTTLS = TLSMode.NONE, TLSMode.STARTTLS
UPGRADE = {"protocol": "smtp"}


def presents(certificate: str) -> dict[str, str]:
    return {"certificate": certificate}


CASES = (
    Case("good order", {}, {}, DELIVERED),
    Case("an RSA key", presents("with RSA"), {}, DELIVERED),
    Case("a name in the subject alone", presents("no name but the subject's"), {}, DELIVERED),
    Case("a chain", presents("chained"), {}, DELIVERED),
    Case("a chain with its root", presents("chained, root sent"), {}, DELIVERED),
    Case("an address that the certificate names", {}, {"address": "127.0.0.1"}, DELIVERED),
    Case("STARTTLS", UPGRADE, {"tls_mode": STARTTLS}, DELIVERED),
    Case("TLS 1.2 alone", {"sslVersion": "TLSv1.2"}, {}, DELIVERED),
    Case("TLS 1.3 alone", {"sslVersion": "TLSv1.3"}, {}, DELIVERED),
    Case("a client certificate asked for", {"verifyChain": "no", "requireCert": "no"}, {}, DELIVERED),
    Case("expired", presents("expired"), {}, "tls.expired at tls", ("renewed", "localhost")),
    Case("expired, with STARTTLS", presents("expired") | UPGRADE, {"tls_mode": STARTTLS}, "tls.expired at tls"),
    Case("not yet valid", presents("not yet valid"), {}, "tls.not_yet_valid at tls", ("clock",)),
    Case(
        "for other names", presents("other name"), {}, "tls.name_mismatch at tls", ("mail.example.net, *.example.org",),
    ),
    Case(
        "for other names, with STARTTLS", presents("other name") | UPGRADE, {"tls_mode": STARTTLS},
        "tls.name_mismatch at tls",
    ),
    Case(
        "for another level of the domain", presents("wildcard"), {}, "tls.name_mismatch at tls",
        ("*.localdomain.test",),
    ),
    Case(
        "an address that it does not name", presents("no address"), {"address": "127.0.0.1"},
        "tls.name_mismatch at tls", ("127.0.0.1", "localhost"),
    ),
    Case("self-signed", presents("self-signed"), {}, "tls.untrusted at tls", ("self-signed", "CA Certificate")),
    Case(
        "self-signed, for other names", presents("self-signed, other name"), {}, "tls.untrusted at tls",
        ("mail.example.net",),
    ),
    Case("of a stranger", presents("stranger's"), {}, "tls.untrusted at tls", ("A Stranger's Root",)),
    Case(
        "of a stranger, root sent", presents("stranger's, root sent"), {}, "tls.untrusted at tls",
        ("A Stranger's Root",),
    ),
    Case(
        "of a private authority that is not given", {}, {"ca_certificate": ""}, "tls.untrusted at tls",
        ("Tests' Root",),
    ),
    Case(
        "without the certificate in between", presents("middle missing"), {}, "tls.untrusted at tls",
        ("Tests' Middle", "intermediate"),
    ),
    Case(
        "with an expired one in between", presents("middle expired"), {}, "tls.expired at tls", ("Tests' Old Middle",),
    ),
    Case("by somebody who is no authority", presents("middle no authority"), {}, "tls.untrusted at tls"),
    Case("for clients alone", presents("for clients"), {}, "tls.untrusted at tls", ("not accepted here (unsuit",)),
    Case("a key of 1024 bits", presents("small key"), {}, "tls.weak_certificate at tls", ("RSA 1024 bits",)),
    Case("signed with SHA-1", presents("SHA-1"), {}, "tls.weak_certificate at tls", ("SHA1",)),
    Case(
        "a client certificate demanded, TLS 1.3", {"verifyChain": "yes", "sslVersion": "TLSv1.3"}, {},
        "tls.client_certificate at greeting",
    ),
    Case(
        "a client certificate demanded, TLS 1.2", {"verifyChain": "yes", "sslVersion": "TLSv1.2"}, {},
        "tls.client_certificate at tls",
    ),
    Case("TLS 1.0 alone", {"sslVersion": "TLSv1"}, {}, "tls.protocol at tls", ("TLS 1.2",)),
    Case("TLS 1.1 alone", {"sslVersion": "TLSv1.1"}, {}, "tls.protocol at tls", ("TLS 1.2",)),
    Case("ciphers without a certificate", {"sslVersion": "TLSv1.2", "ciphers": "aNULL"}, {}, "tls.protocol at tls"),
    Case("ciphers without encryption", {"sslVersion": "TLSv1.2", "ciphers": "eNULL"}, {}, "tls.protocol at tls"),
    Case("addressed in clear", {}, {"tls_mode": NONE}, "greeting.expects_tls at greeting"),
    Case("addressed for STARTTLS", {}, {"tls_mode": STARTTLS}, "greeting.expects_tls at greeting"),
    Case("nothing behind it", {"connect": "127.0.0.1:1"}, {}, "greeting.closed at greeting"),
    Case(
        "nothing behind it, addressed in clear", {"connect": "127.0.0.1:1"}, {"tls_mode": NONE},
        "greeting.expects_tls at greeting",
    ),
)  # fmt: skip
