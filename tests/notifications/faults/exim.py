"""What an Exim can refuse, or do its own way. `setup`: its main options, access lists and authenticators."""

from typing import Any

from notifications.smtp import TLSMode
from tests.notifications.faults.case import DELIVERED, MESSAGE, Case

NONE, IMPLICIT = TLSMode.NONE, TLSMode.IMPLICIT
PLAIN: dict[str, Any] = {"tls_mode": NONE, "username": None}
TOLD = {"username": None}
ON_CONNECT = {"arguments": ["-tls-on-connect"]}
OF_OUR_OWN = {"tls_verify_certificates": "system"}


def at(step: str, text: str) -> dict[str, Any]:
    return {"access": {step: text}}


def plain(condition: str, name: str = "PLAIN") -> dict[str, Any]:
    lines = ("own:", " driver = plaintext", f" public_name = {name}", " server_prompts = :")
    return {"authenticators": "\n".join((*lines, f" server_condition = {condition}\n"))}


CASES = (
    Case("good order", {}, {}, DELIVERED),
    Case("wrong password", {}, {"password": "wrong"}, "authenticate.rejected at authenticate", ("sender",)),
    Case("authentication over TLS alone", {}, {"tls_mode": NONE}, "authenticate.needs_tls at authenticate"),
    Case("no authentication", {"authenticators": ""}, {}, "authenticate.not_offered at authenticate"),
    Case("password database away", plain("${lookup{x}lsearch{/none}}"), {}, "authenticate.unavailable at authenticate"),
    Case(
        "a mechanism of its own", plain("yes", "X-OWN"), {},
        "authenticate.no_common_mechanism at authenticate", ("X-OWN",),
    ),
    Case(
        "CRAM-MD5 alone",
        {"authenticators": "cram:\n driver = cram_md5\n public_name = CRAM-MD5\n server_secret = Sésame-1234!\n"}, {},
        DELIVERED,
    ),
    Case(
        "authentication refused by a list", at("auth", "deny message = not from there"), {},
        "authenticate.rejected at authenticate",
    ),
    Case("no TLS", {"tls_advertise_hosts": ""}, {}, "tls.not_offered at tls"),
    Case("its key is gone", {"tls_privatekey": "/none"}, {}, "tls.refused at tls", ("certificate or key",)),
    Case("TLS refused by a list", at("starttls", "deny message = no TLS for you"), {}, "tls.refused at tls"),
    Case("implicit TLS", ON_CONNECT, {"tls_mode": IMPLICIT}, DELIVERED),
    Case("implicit TLS, addressed in clear", ON_CONNECT, PLAIN, "greeting.expects_tls at greeting"),
    Case("a client certificate demanded", {"tls_verify_hosts": "*"} | OF_OUR_OWN, {}, "tls.client_certificate at tls"),
    Case("a client certificate asked for", {"tls_try_verify_hosts": "*"} | OF_OUR_OWN, {}, DELIVERED),
    Case(
        "TLS 1.1 at most", {"tls_require_ciphers": "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT"}, {},
        "tls.protocol at tls",
    ),
    Case("TLS 1.3 alone", {"tls_require_ciphers": "NORMAL:-VERS-ALL:+VERS-TLS1.3"}, {}, DELIVERED),
    Case(
        "TLS demanded for sending", at("mail", "deny ! encrypted = *\n message = Encryption required"), PLAIN,
        "tls.required at sender",
    ),
    Case(
        "TLS demanded, 530", at("mail", "deny ! encrypted = *\n message = 530 Must issue a STARTTLS command first"),
        PLAIN, "tls.required at sender",
    ),
    Case("host not wanted", {"host_reject_connection": "*"}, TOLD, "greeting.rejected at greeting"),
    Case(
        "connection refused by a list", at("connect", "deny message = $sender_host_address is on our black list"), TOLD,
        "server.blocked_client at greeting",
    ),
    Case("connection put off by a list", at("connect", "defer message = too busy"), TOLD, "server.busy at greeting"),
    Case("connection dropped", at("connect", "drop"), TOLD, "greeting.rejected at greeting"),
    Case(
        "address without a reverse name",
        at("connect", "deny message = Reverse DNS lookup failed for host $sender_host_address"), TOLD,
        "server.blocked_client at greeting",
    ),
    Case(
        "block list", at("rcpt", "deny message = $sender_host_address is listed at bl.spamcop.net"), TOLD,
        "server.blocked_client at recipient",
    ),
    Case(
        "EHLO name refused", at("helo", "deny message = bad name"), TOLD, "hello.rejected at greeting",
        ("client.example",),
    ),
    Case(
        "EHLO name demanded, and an underscore", {}, {"ehlo_name": "my_host.example"}, "hello.rejected at greeting",
        ("my_host.example",),
    ),
    Case(
        "EHLO name unverified", at("rcpt", "deny ! verify = helo\n message = HELO/EHLO was syntactically invalid"),
        TOLD, "hello.rejected at recipient",
    ),
    Case("no relaying", {}, TOLD, "recipient.relay_denied at recipient", ("other.test",), recipient="to@other.test"),
    Case(
        "no relaying, in Debian's words", at("rcpt", "require message = relay not permitted\n domains = known.test"),
        TOLD, "recipient.relay_denied at recipient", recipient="to@other.test",
    ),
    Case("refused without a word", at("rcpt", "deny"), TOLD, "recipient.rejected at recipient"),
    Case("put off without a word", at("rcpt", "defer"), TOLD, "server.busy at recipient"),
    Case(
        "unknown recipient", at("rcpt", "require verify = recipient\n accept"), TOLD, "recipient.unknown at recipient",
        recipient="nobody@known.test",
    ),
    Case("unknown user", at("rcpt", "deny message = Unknown user"), TOLD, "recipient.unknown at recipient"),
    Case(
        "sender fails verification", at("rcpt", "deny message = Sender verify failed"), TOLD,
        "sender.rejected at recipient",
    ),
    Case(
        "sender fails verification, by Exim's own", at("rcpt", "require verify = sender\n accept"), TOLD,
        "sender.rejected at recipient", sender="nobody@mail.test",
    ),
    Case(
        "sender refused", at("mail", "deny message = you may not send as $sender_address"), {},
        "sender.not_allowed at sender",
    ),
    Case(
        "mailbox over quota", at("rcpt", "deny message = mailbox is full"), TOLD, "recipient.mailbox_full at recipient",
    ),
    Case(
        "greylisting", at("rcpt", "defer message = greylisted, please try again later"), TOLD,
        "recipient.greylisted at recipient",
    ),
    Case(
        "too fast", at("rcpt", "defer ratelimit = 0 / 1h / strict\n message = Sender rate overlimit"), TOLD,
        "server.rate_limited at recipient",
    ),
    Case(
        "sign-in demanded", at("rcpt", "deny ! authenticated = *\n message = 530 Authentication required"), TOLD,
        "authenticate.required at recipient",
    ),
    Case("too large", {"message_size_limit": "50"}, {}, "message.too_large at sender"),
    Case("disk full", {"check_spool_space": "99999999G"}, {}, "server.storage at sender"),
    Case("spam", at("data", "deny message = This message scored 12.3 spam points"), {}, "message.spam at message"),
    Case("a virus", at("data", "deny message = This message contains a virus (Eicar)"), {}, "message.spam at message"),
    Case("content without a word", at("data", "deny"), {}, "message.rejected at message"),
    Case("put off after the message", at("data", "defer"), {}, "server.busy at message"),
    Case(
        "SPF", at("rcpt", "deny message = SPF check failed for $sender_address_domain"), {},
        "message.unauthenticated_domain at recipient",
    ),
    Case("DATA refused", at("predata", "deny message = no more today"), {}, "message.rejected at message"),
    Case("greeting after a pause", at("connect", "accept delay = 2s"), TOLD, DELIVERED),
    Case(
        "no extensions", {"pipelining_advertise_hosts": "", "chunking_advertise_hosts": "", "accept_8bitmime": "false"},
        TOLD, DELIVERED,
    ),
    Case("8-bit text", {}, TOLD, DELIVERED, message=MESSAGE + "jörg\r\n".encode()),
    Case(
        "SMTPUTF8 not for us", {"smtputf8_advertise_hosts": ""}, TOLD, "server.no_smtputf8 at sender",
        recipient="jörg@known.test",
    ),
    Case("SMTPUTF8", {}, {}, DELIVERED, recipient="jörg@known.test"),
    Case("a greeting of many lines", {"smtp_banner": "mail.test ESMTP\\nno spam please\\nreally"}, TOLD, DELIVERED),
    Case("too many connections", {"smtp_accept_max": "1"}, TOLD, DELIVERED),
    Case("a configuration that is wrong", {"no_such_option": "1"}, TOLD, "greeting.closed at greeting"),
)  # fmt: skip
