"""Servers of few words: Postfix's smtp-sink, which fails as told (`setup`: its options), and what is no mail server."""

from notifications.smtp import TLSMode
from tests.notifications.faults.case import DELIVERED, Case

NONE, STARTTLS, IMPLICIT = TLSMode.NONE, TLSMode.STARTTLS, TLSMode.IMPLICIT

SINK = (
    Case("good order", (), {}, DELIVERED),
    Case("no ESMTP in the banner", ("-a",), {}, DELIVERED),
    Case("no EHLO", ("-e",), {}, DELIVERED),
    Case("no PIPELINING", ("-p",), {}, DELIVERED),
    Case("no 8BITMIME", ("-8",), {}, DELIVERED),
    Case("an unusual name", ("-h", "sink.example_net"), {}, DELIVERED),
    Case("any password is right", (), {"username": "user", "password": "Secret-1234"}, DELIVERED),
    Case("no TLS", (), {"tls_mode": STARTTLS}, "tls.not_offered at tls"),
    Case("in clear, addressed with implicit TLS", (), {"tls_mode": IMPLICIT}, "tls.not_spoken at tls"),
    Case("connection refused", ("-f", "connect"), {}, "greeting.rejected at greeting"),
    Case("connection put off", ("-r", "connect"), {}, "server.busy at greeting"),
    Case("EHLO and HELO refused", ("-f", "ehlo,helo"), {}, "hello.rejected at greeting"),
    Case("EHLO put off", ("-r", "ehlo"), {}, "server.busy at greeting"),
    Case("sender refused", ("-f", "mail"), {}, "sender.rejected at sender"),
    Case("sender put off", ("-r", "mail"), {}, "server.busy at sender"),
    Case("recipient refused", ("-f", "rcpt"), {}, "recipient.rejected at recipient"),
    Case("recipient put off", ("-r", "rcpt"), {}, "server.busy at recipient"),
    Case("DATA refused", ("-f", "data"), {}, "message.rejected at message"),
    Case("message refused", ("-f", "."), {}, "message.rejected at message"),
    Case("message put off", ("-r", "."), {}, "server.busy at message"),
    Case("closed after the connection", ("-q", "connect"), {}, "greeting.closed at greeting"),
    Case("closed after EHLO", ("-q", "ehlo,helo"), {}, "server.closed at greeting", ("after EHLO",)),
    Case("closed after MAIL", ("-q", "mail"), {}, "server.closed at sender", ("after MAIL FROM",)),
    Case("closed after RCPT", ("-q", "rcpt"), {}, "server.closed at recipient", ("after RCPT TO",)),
    Case("closed after DATA", ("-q", "data"), {}, "server.closed at message"),
    Case("closed after the message", ("-q", "."), {}, "server.closed at message", ("may have accepted",)),
    Case("ended in order at EHLO", ("-Q", "ehlo"), {}, "server.busy at greeting"),
    Case("ended in order at MAIL", ("-Q", "mail"), {}, "server.busy at sender"),
    Case("ended in order at RCPT", ("-Q", "rcpt"), {}, "server.busy at recipient"),
    Case("ended in order after the message", ("-Q", "."), {}, "server.busy at message"),
    Case(
        "words of its own", ("-f", "rcpt", "-B", "550 5.7.1 relaying denied"), {},
        "recipient.relay_denied at recipient",
    ),
    Case("slow after the message", ("-w", "2"), {}, DELIVERED),
)  # fmt: skip

# `setup`: the command.
TLS_ONCE = ("openssl", "s_server", "-accept", "127.0.0.1:PORT", "-quiet", "-cert", "CHAIN", "-key", "KEY")
REDIS = ("redis-server", "--port", "PORT", "--bind", "127.0.0.1", "--save", "")
WEB = ("python3", "-m", "http.server", "--bind", "127.0.0.1", "PORT")
COMMANDS = (
    Case("Redis", REDIS, {}, "greeting.not_smtp at greeting", ("Redis",)),
    Case("Redis, addressed for STARTTLS", REDIS, {"tls_mode": STARTTLS}, "greeting.not_smtp at greeting", ("Redis",)),
    Case("a web server", WEB, {}, "greeting.not_smtp at greeting", ("looks like HTTP",)),
    Case(
        "a web server, addressed for STARTTLS", WEB, {"tls_mode": STARTTLS}, "greeting.not_smtp at greeting", ("HTTP",),
    ),
    Case("a web server, addressed with implicit TLS", WEB, {"tls_mode": IMPLICIT}, "tls.not_spoken at tls", ("HTTP",)),
    # It serves one connection at a time: no second one can look while the first one lasts.
    Case("TLS for one client at a time", TLS_ONCE, {"timeout": 4.0}, "greeting.expects_tls at greeting"),
)  # fmt: skip
