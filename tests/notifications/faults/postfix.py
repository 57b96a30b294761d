"""What a Postfix can refuse, or do its own way. `setup`: options of main.cf that hold for this row alone."""

from typing import Any

from notifications.smtp import TLSMode
from tests.notifications.faults.case import DELIVERED, MESSAGE, Case

NONE, STARTTLS, IMPLICIT = TLSMode.NONE, TLSMode.STARTTLS, TLSMode.IMPLICIT
PLAIN: dict[str, Any] = {"tls_mode": NONE, "username": None}
WRAPPED = {"smtpd_tls_wrappermode": "yes"}


def to(text: str) -> dict[str, str]:
    return {"smtpd_recipient_restrictions": f"check_recipient_access static:{{{text}}}"}


def client(text: str) -> dict[str, str]:
    return {"smtpd_client_restrictions": f"check_client_access static:{{{text}}}"}


def content(text: str) -> dict[str, str]:
    return {"header_checks": f"regexp:{{{{/^Subject:/ {text}}}}}"}


SIGN_IN = (
    Case("wrong password", {}, {"password": "wrong"}, "authenticate.rejected at authenticate", ("sender@mail.test",)),
    Case("unknown user", {}, {"username": "nobody"}, "authenticate.rejected at authenticate", ("nobody",)),
    Case("a space after the password", {}, {"password": "Sésame-1234! "}, "authenticate.rejected at authenticate"),
    Case(
        "no authentication offered", {"smtpd_sasl_auth_enable": "no"}, {},
        "authenticate.not_offered at authenticate", ("SMTP Authentication off",),
    ),
    Case(
        "authentication over TLS alone", {}, {"tls_mode": NONE},
        "authenticate.needs_tls at authenticate", ("Switch TLS on",),
    ),
    Case(
        "TLS demanded before all else", {"smtpd_tls_security_level": "encrypt"}, {"tls_mode": NONE},
        "authenticate.needs_tls at authenticate", ("Switch TLS on",),
    ),
    # smtpd ends itself when it finds none.
    Case(
        "no mechanism left", {"smtpd_sasl_mechanism_filter": "GSSAPI"}, {},
        "server.closed at tls", ("after EHLO", "server's log"),
    ),
    Case(
        "password daemon down", {"smtpd_sasl_path": "daemonless"}, {},
        "authenticate.unavailable at authenticate", ("Nothing is wrong with the settings",),
    ),
    Case("password database gone", {"smtpd_sasl_path": "empty"}, {}, "authenticate.rejected at authenticate"),
    Case(
        "sign-in demanded", {"smtpd_client_restrictions": "permit_sasl_authenticated, reject"}, {"username": None},
        "authenticate.required at recipient", ("Switch SMTP Authentication on",),
    ),
    Case("LOGIN alone", {"smtpd_sasl_mechanism_filter": "LOGIN"}, {}, DELIVERED),
    Case("CRAM-MD5 alone", {"smtpd_sasl_mechanism_filter": "CRAM-MD5"}, {}, DELIVERED),
    Case(
        "sign-in in clear", {"smtpd_tls_auth_only": "no", "smtpd_tls_security_level": "none"}, {"tls_mode": NONE},
        DELIVERED,
    ),
    Case("the old form of AUTH", {"broken_sasl_auth_clients": "yes"}, {}, DELIVERED),
)  # fmt: skip

TLS = (
    Case("no TLS", {"smtpd_tls_security_level": "none"}, {}, "tls.not_offered at tls", ("does not offer STARTTLS",)),
    Case("TLS demanded", {"smtpd_tls_security_level": "encrypt"}, PLAIN, "tls.required at sender", ("Switch TLS on",)),
    Case("its key is gone", {"smtpd_tls_key_file": "/none"}, {}, "tls.refused at tls", ("certificate or key",)),
    Case(
        "implicit TLS, its key is gone", {"smtpd_tls_key_file": "/none"} | WRAPPED, {"tls_mode": IMPLICIT},
        "greeting.closed at tls",
    ),
    Case("implicit TLS, addressed in clear", WRAPPED, PLAIN, "greeting.expects_tls at greeting", ("implicit TLS",)),
    Case("implicit TLS, addressed for STARTTLS", WRAPPED, {}, "greeting.expects_tls at greeting", ("implicit TLS",)),
    Case("implicit TLS", WRAPPED, {"tls_mode": IMPLICIT}, DELIVERED),
    Case("STARTTLS, addressed with implicit TLS", {}, {"tls_mode": IMPLICIT}, "tls.not_spoken at tls", ("STARTTLS",)),
    Case("an authority that is not trusted", {}, {"ca_certificate": ""}, "tls.untrusted at tls", ("CA Certificate",)),
    Case("an authority that cannot be read", {}, {"ca_certificate": "none"}, "tls.failed at tls", ("CA Certificate",)),
    Case(
        "a client certificate demanded", {"smtpd_tls_security_level": "encrypt", "smtpd_tls_req_ccert": "yes"}, {},
        "tls.client_certificate at tls", ("Client certificates are not supported",),
    ),
    Case("a client certificate asked for", {"smtpd_tls_ask_ccert": "yes"}, {}, DELIVERED),
    Case(
        "relaying for client certificates alone",
        {"smtpd_tls_ask_ccert": "yes",
         "smtpd_relay_restrictions": "permit_tls_all_clientcerts, reject_unauth_destination"},
        {"username": None}, "recipient.relay_denied at recipient",
    ),
    Case(
        "TLS 1.1 at most",
        {"smtpd_tls_protocols": "<=TLSv1.1", "tls_medium_cipherlist": "ALL:@SECLEVEL=0"}, {},
        "tls.protocol at tls", ("TLS 1.2",),
    ),
    Case(
        "no common cipher", {"smtpd_tls_protocols": "TLSv1.2", "tls_medium_cipherlist": "NULL:@SECLEVEL=0"}, {},
        "tls.protocol at tls", ("cipher",),
    ),
    Case("TLS 1.2 at most", {"smtpd_tls_protocols": "<=TLSv1.2"}, {}, DELIVERED),
    Case("TLS 1.3 alone", {"smtpd_tls_protocols": ">=TLSv1.3"}, {}, DELIVERED),
)  # fmt: skip

CLIENT = (
    Case(
        "EHLO name without a domain", {}, {"ehlo_name": "localhost"},
        "hello.rejected at recipient", ("EHLO Name", "localhost"),
    ),
    Case(
        "EHLO name refused at once", {"smtpd_delay_reject": "no"}, {"ehlo_name": "localhost"},
        "hello.rejected at greeting", ("EHLO Name", "localhost"),
    ),
    Case(
        "EHLO name unknown to DNS", {"smtpd_helo_restrictions": "reject_unknown_helo_hostname"},
        {"ehlo_name": "nowhere.invalid"}, "hello.rejected at recipient", ("nowhere.invalid",),
    ),
    Case(
        "EHLO name on a list", {"smtpd_helo_restrictions": "check_helo_access static:REJECT"}, {},
        "hello.rejected at recipient", ("client.example",),
    ),
    Case(
        "EHLO name on a list, in one's own words",
        {"smtpd_helo_restrictions": "check_helo_access static:{REJECT You are not me}"}, {},
        "hello.rejected at recipient",
    ),
    Case("client not wanted", {"smtpd_client_restrictions": "reject"}, PLAIN, "server.blocked_client at recipient"),
    Case(
        "client not wanted, said at once", {"smtpd_client_restrictions": "reject", "smtpd_delay_reject": "no"}, PLAIN,
        "server.blocked_client at greeting",
    ),
    Case(
        "client without a reverse name",
        client("450 4.7.25 Client host rejected: cannot find your hostname, [127.0.0.1]"), PLAIN,
        "server.blocked_client at recipient", ("reverse name",),
    ),
    Case(
        "client on a block list",
        client("554 5.7.1 Service unavailable; Client host [127.0.0.1] blocked using zen.spamhaus.org"), PLAIN,
        "server.blocked_client at recipient", ("block list",),
    ),
)  # fmt: skip

ENVELOPE = (
    Case("no relaying", {}, PLAIN, "recipient.relay_denied at recipient", ("known.test",)),
    Case(
        "no relaying, not even after a sign-in", {"smtpd_relay_restrictions": "reject_unauth_destination"}, {},
        "recipient.relay_denied at recipient",
    ),
    Case(
        "relaying put off", {"smtpd_relay_restrictions": "defer_unauth_destination"}, PLAIN,
        "recipient.relay_denied at recipient",
    ),
    Case(
        "no such mailbox", {"relay_recipient_maps": "inline:{other@relay.test=OK}"}, PLAIN,
        "recipient.unknown at recipient", ("to@relay.test",), recipient="to@relay.test",
    ),
    Case(
        "no such mailbox, of a virtual domain", {"virtual_mailbox_maps": "inline:{other@virtual.test=OK}"}, PLAIN,
        "recipient.unknown at recipient", recipient="to@virtual.test",
    ),
    Case(
        "no such user here", {"local_recipient_maps": "inline:{other=OK}"}, PLAIN,
        "recipient.unknown at recipient", recipient="to@local.test",
    ),
    Case(
        "refused in one's own words", to("REJECT You are nobody"), {},
        "recipient.rejected at recipient", ("You are nobody",),
    ),
    Case("mailbox full", to("552 5.2.2 Mailbox full"), {}, "recipient.mailbox_full at recipient", ("quota",)),
    Case("mailbox full for now", to("452 4.2.2 Over quota"), {}, "recipient.mailbox_full at recipient"),
    Case(
        "greylisting", to("DEFER_IF_PERMIT Greylisted, see help/mail.test.html"), {},
        "recipient.greylisted at recipient", ("five minutes",),
    ),
    Case("put off", to("DEFER"), {}, "server.busy at recipient"),
    Case(
        "recipient's domain does not exist", {"smtpd_recipient_restrictions": "reject_unknown_recipient_domain"}, {},
        "recipient.domain_unknown at recipient", ("nowhere.invalid",), recipient="to@nowhere.invalid",
    ),
    Case(
        "recipient without a full domain", {"smtpd_recipient_restrictions": "reject_non_fqdn_recipient"}, {},
        "recipient.rejected at recipient", recipient="to@local",
    ),
    Case(
        "sender's domain does not exist", {"smtpd_sender_restrictions": "reject_unknown_sender_domain"}, {},
        "sender.domain_unknown at recipient", ("mail.test",),
    ),
    Case(
        "sender's domain does not exist, said at once",
        {"smtpd_sender_restrictions": "reject_unknown_sender_domain", "smtpd_delay_reject": "no"}, {},
        "sender.domain_unknown at sender",
    ),
    Case(
        "sender without a full domain", {"smtpd_sender_restrictions": "reject_non_fqdn_sender"}, {},
        "sender.rejected at recipient", sender="noc@portal",
    ),
    Case(
        "sender is somebody else's",
        {"smtpd_sender_restrictions": "reject_sender_login_mismatch",
         "smtpd_sender_login_maps": "inline:{from@mail.test=boss}"}, {},
        "sender.not_allowed at recipient", ("sender@mail.test", "from@mail.test"),
    ),
    Case(
        "sender is somebody's, and nobody signed in",
        {"smtpd_sender_restrictions": "reject_sender_login_mismatch",
         "smtpd_sender_login_maps": "inline:{from@mail.test=boss}"}, PLAIN,
        "authenticate.required at recipient",
    ),
    Case(
        "sender on a list", {"smtpd_sender_restrictions": "check_sender_access static:REJECT"}, {},
        "sender.rejected at recipient", ("from@mail.test",),
    ),
    Case(
        "no addresses beyond ASCII", {"smtputf8_enable": "no"}, {},
        "server.no_smtputf8 at sender", ("jörg@known.test",), recipient="jörg@known.test",
    ),
    Case("addresses beyond ASCII", {}, {}, DELIVERED, recipient="jörg@exämple.test"),
)  # fmt: skip

MESSAGE_AND_SERVER = (
    Case("too large, by SIZE", {"message_size_limit": "50"}, {}, "message.too_large at sender"),
    Case(
        "too large, after DATA", {"message_size_limit": "50", "smtpd_discard_ehlo_keywords": "size"}, {},
        "message.too_large at message",
    ),
    Case(
        "the filter before its queue is down", {"smtpd_proxy_filter": "127.0.0.1:1"}, {}, "server.busy at recipient",
        ("queue file write error",),
    ),
    Case("disk full", {"queue_minfree": "999999999999"}, {}, "server.storage at sender", ("disk space",)),
    Case("content refused", content("REJECT"), {}, "message.spam at message"),
    Case("spam", content("REJECT This looks like spam"), {}, "message.spam at message", ("spam filter",)),
    Case("body refused", {"body_checks": "regexp:{{/test/ REJECT No tests}}"}, {}, "message.rejected at message"),
    Case(
        "DMARC", content("REJECT 5.7.1 rejected by DMARC policy for mail.test"), {},
        "message.unauthenticated_domain at message", ("mail.test",),
    ),
    Case(
        "refused at DATA", {"smtpd_data_restrictions": "reject"}, {},
        "message.rejected at message", ("Data command rejected",),
    ),
    Case("refused after DATA", {"smtpd_end_of_data_restrictions": "reject"}, {}, "message.rejected at message"),
    Case(
        "the machine refused after DATA",
        {"smtpd_end_of_data_restrictions": "check_client_access static:{REJECT Not today}"}, {},
        "server.blocked_client at message", ("Not today",),
    ),
    Case(
        "a filter that is down", {"smtpd_milters": "inet:127.0.0.1:1", "milter_default_action": "tempfail"}, PLAIN,
        "server.busy at sender",
    ),
    # smtpd ends itself before it takes the connection, and master waits a minute before it starts another.
    Case(
        "a configuration that would relay for all", {"smtpd_relay_restrictions": "permit"}, PLAIN | {"timeout": 1.0},
        "greeting.timeout at greeting",
    ),
    Case(
        "one reply for too many mistakes", {"smtpd_hard_error_limit": "1"} | to("REJECT"), {},
        "recipient.rejected at recipient",
    ),
    Case("closed by order", to("421 4.7.0 Too many errors"), {}, "server.rate_limited at recipient"),
    Case("no PIPELINING", {"smtpd_discard_ehlo_keywords": "pipelining"}, {}, DELIVERED),
    Case(
        "no 8BITMIME", {"smtpd_discard_ehlo_keywords": "8bitmime"}, {},
        DELIVERED, message=MESSAGE + "jörg\r\n".encode(),
    ),
    Case(
        "hardly any extension", {"smtpd_discard_ehlo_keywords": "pipelining size vrfy etrn dsn 8bitmime chunking"}, {},
        DELIVERED,
    ),
    Case("a message kept without a word", content("HOLD"), {}, DELIVERED),
    Case("a banner in one's own words", {"smtpd_banner": "mail.test at your service"}, {}, DELIVERED),
)  # fmt: skip

CASES = (*SIGN_IN, *TLS, *CLIENT, *ENVELOPE, *MESSAGE_AND_SERVER)

# The first of two in a row passes, the second one meets the limit.
LIMITS = (
    Case("connections", {"smtpd_client_connection_rate_limit": "1"}, {}, "server.rate_limited at greeting"),
    Case("sign-ins", {"smtpd_client_auth_rate_limit": "1"}, {}, "server.rate_limited at authenticate"),
    Case("messages", {"smtpd_client_message_rate_limit": "1"}, {}, "server.rate_limited at sender", ("slower",)),
    Case("recipients", {"smtpd_client_recipient_rate_limit": "1"}, {}, "server.rate_limited at recipient"),
    Case("TLS sessions", {"smtpd_client_new_tls_session_rate_limit": "1"}, {}, "server.rate_limited at tls"),
)
