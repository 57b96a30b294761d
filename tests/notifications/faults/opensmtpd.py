"""What an OpenSMTPD can refuse, or do its own way. `setup`: `listen`'s options, a `filter`'s rule, what is matched."""

from notifications.smtp import TLSMode
from tests.notifications.faults.case import DELIVERED, MESSAGE, Case

STARTTLS, IMPLICIT = TLSMode.STARTTLS, TLSMode.IMPLICIT
SIGNED_IN = {"username": "sender", "password": "Secret-1234"}
TLS = {"listen": "tls pki mail auth-optional <users>"}


def refuse(phase: str, text: str, verb: str = "reject") -> dict[str, str]:
    return {"filter": f'phase {phase} match src <here> {verb} "{text}"'}


CASES = (
    Case("good order", {}, {}, DELIVERED),
    Case("8-bit text", {}, {}, DELIVERED, message=MESSAGE + "jörg\r\n".encode()),
    Case("TLS offered and not wanted", TLS, {}, DELIVERED),
    # Debian's OpenSMTPD cannot use its own key with the OpenSSL that it is linked to: a handshake that breaks.
    Case("TLS that is broken", TLS, {"tls_mode": STARTTLS}, "tls.failed at tls", ("internal error", "server's log")),
    Case(
        "implicit TLS that is broken", {"listen": "smtps pki mail"}, {"tls_mode": IMPLICIT}, "tls.failed at tls",
        ("internal error",),
    ),
    Case("sign-in demanded", {"listen": "tls pki mail auth <users>"}, {}, "authenticate.required at sender"),
    Case("TLS demanded", {"listen": "tls-require pki mail"}, {}, "tls.required at sender"),
    Case("TLS demanded before a sign-in", TLS, SIGNED_IN, "authenticate.needs_tls at authenticate"),
    Case("no sign-in", {}, SIGNED_IN, "authenticate.not_offered at authenticate"),
    Case("no TLS", {}, {"tls_mode": STARTTLS}, "tls.not_offered at tls"),
    Case("implicit TLS, addressed in clear", {"listen": "smtps pki mail"}, {}, "greeting.expects_tls at greeting"),
    Case("in clear, addressed with implicit TLS", {}, {"tls_mode": IMPLICIT}, "tls.not_spoken at tls"),
    # The same words for whom it does not know and for where it does not relay to.
    Case(
        "no relaying", {}, {}, "recipient.unknown at recipient",
        ("not relay",), recipient="to@other.test",
    ),
    Case("connection refused", refuse("connect", "550 go away"), {}, "greeting.rejected at greeting"),
    Case("connection refused, too busy", refuse("connect", "421 too busy"), {}, "server.busy at greeting"),
    Case("no reverse name", refuse("connect", "550 no rDNS available"), {}, "server.blocked_client at greeting"),
    Case(
        "block list", refuse("connect", "554 5.7.1 your address is on a blocklist"), {},
        "server.blocked_client at greeting",
    ),
    Case("EHLO refused, HELO taken", refuse("ehlo", "550 bad name"), {}, DELIVERED),
    Case("sender refused", refuse("mail-from", "550 not you"), {}, "sender.rejected at sender"),
    Case("sender put off", refuse("mail-from", "451 not now"), {}, "server.busy at sender"),
    Case("recipient refused", refuse("rcpt-to", "550 not there"), {}, "recipient.rejected at recipient"),
    Case(
        "greylisting", refuse("rcpt-to", "451 4.7.1 Greylisting in action, please come back later"), {},
        "recipient.greylisted at recipient",
    ),
    Case("DATA refused", refuse("data", "554 no more"), {}, "message.rejected at message"),
    Case("message refused", refuse("commit", "550 5.7.1 message is spam"), {}, "message.spam at message"),
    Case("message put off", refuse("commit", "451 try later"), {}, "server.busy at message"),
    Case("disconnected at a command", refuse("rcpt-to", "421 closing", "disconnect"), {}, "server.busy at recipient"),
    Case("no addresses beyond ASCII", {}, {}, "server.no_smtputf8 at sender", recipient="jörg@known.test"),
)  # fmt: skip
