"""What servers do to the protocol, from sloppy to hostile."""

from tests.notifications.diagnosis.dialogues.scripts import (
    BANNER,
    DIALOGUE,
    EHLO,
    LOGIN,
    OK,
    STARTTLS,
    TLS,
    byte_by_byte,
    endlessly,
    line_by_line,
    says,
)
from tests.notifications.faults.case import DELIVERED, Case
from tests.servers.scripted import Connection, Script, smtp_script

AUTH = "250-x\n250 AUTH PLAIN"
OFFERED = "250-x\n250 STARTTLS"
STAGES = ("greeting", "greeting", "sender", "recipient", "message", "message")


def alert(number: int) -> Script:
    """The handshake answered with an alert of this number."""

    def script(connection: Connection) -> None:
        says(BANNER, b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n")(connection)
        connection.say(b"\x15\x03\x03\x00\x02\x02" + bytes([number]))

    return script


SLOPPY = [
    Case("replies without a text", smtp_script(mail="250", rcpt="250", data="354", final="250"), {}, DELIVERED),
    Case("a banner without a text", smtp_script(banner="220"), {}, DELIVERED),
    Case("a banner of many lines", smtp_script(banner="220-mail.test\n220-no spam\n220 ESMTP"), {}, DELIVERED),
    Case("lines that end in a bare LF", line_by_line(b"\n"), {}, DELIVERED),
    Case("replies byte by byte", byte_by_byte(smtp_script(rcpt="550 5.1.1 no")), {}, "recipient.unknown at recipient"),
    Case("EHLO refused and HELO accepted", smtp_script(ehlo="500 what"), {}, DELIVERED),
    Case("a forwarding recipient", smtp_script(rcpt="251 will forward"), {}, DELIVERED),
    Case("a recipient that cannot be verified", smtp_script(rcpt="252 will try"), {}, DELIVERED),
    Case("keywords in small letters", smtp_script(ehlo="250-x\n250-auth plain\n250 size 1000"), LOGIN, DELIVERED),
    Case("AUTH in its old form", smtp_script(ehlo="250-x\n250 AUTH=LOGIN PLAIN"), LOGIN, DELIVERED),
    Case("a size of zero, which is none", smtp_script(ehlo="250-x\n250 SIZE 0"), {}, DELIVERED),
    Case("STARTTLS with a parameter", smtp_script(ehlo=f"{OFFERED} REQUIRED", tls=TLS), STARTTLS, DELIVERED),
    Case("a sign-in accepted with 250", smtp_script(ehlo=AUTH, auth="250 ok"), LOGIN, DELIVERED),
]  # fmt: skip

WRONG = [
    Case("a CR within a line", says(BANNER, EHLO, OK, b"550 5.1.1 no\rsuch\r\n"), {}, "recipient.unknown at recipient"),
    Case(
        "a NUL within a line", says(BANNER, EHLO, OK, b"550 5.1.1 no\0such\r\n"), {}, "recipient.unknown at recipient",
        ("no\\x00such",),
    ),
    Case(
        "escapes for a terminal", says(BANNER, EHLO, OK, b"550 5.1.1 \x1b[31mred\x07\r\n"), {},
        "recipient.unknown at recipient", ("\\x1b[31mred\\x07",),
    ),
    Case(
        "marks that turn the direction", says(BANNER, EHLO, OK, "550 5.1.1 \u202eabc\r\n".encode()), {},
        "recipient.unknown at recipient", ("\\u202eabc",),
    ),
    Case(
        "text in Latin-1", says(BANNER, EHLO, b"550 5.1.8 Dom\xe4ne unbekannt\r\n"), {},
        "sender.domain_unknown at sender", ("Dom\\xe4ne",),
    ),
    Case("a banner of class 1", says(b"120 wait\r\n", then="silence"), {}, "greeting.not_smtp at greeting"),
    Case("a banner of 250", says(b"250 hello\r\n", then="silence"), {}, "greeting.not_smtp at greeting"),
    Case("a banner of 354", says(b"354 hello\r\n", then="silence"), {}, "greeting.not_smtp at greeting"),
    Case("a bare CR after the banner", says(b"220 mail.test\r", then="silence"), {}, "greeting.timeout at greeting"),
    Case("EHLO answered with 354", smtp_script(ehlo="354 go"), {}, "server.garbled at greeting"),
    Case("MAIL answered with 354", smtp_script(mail="354 go"), {}, "server.garbled at sender", ("after MAIL FROM",)),
    Case("RCPT answered with 354", smtp_script(rcpt="354 go"), {}, "server.garbled at recipient"),
    Case("DATA answered with 250", smtp_script(data="250 ok"), {}, "server.garbled at message", ("“250 ok”",)),
    Case("DATA answered with 334", smtp_script(data="334 ok"), {}, "server.garbled at message"),
    Case("the message answered with 354", smtp_script(final="354 go"), {}, "server.garbled at message"),
    Case("AUTH answered with 354", smtp_script(ehlo=AUTH, auth="354 go"), LOGIN, "server.garbled at authenticate"),
    Case("a code beyond 599", smtp_script(mail="650 what"), {}, "server.garbled at sender"),
    Case("a code within a word", smtp_script(mail="250ok"), {}, "server.garbled at sender"),
    Case("a reply without a code", smtp_script(mail="OK"), {}, "server.garbled at sender"),
    Case("an empty line", smtp_script(mail=""), {}, "server.garbled at sender"),
    Case("one reply of two codes", smtp_script(mail="550-no\n250 yes"), {}, "server.garbled at sender"),
    Case("extensions of two codes", smtp_script(ehlo="250-x\n500 y"), {}, "server.garbled at greeting"),
    Case("a long line", smtp_script(mail="550 " + "x" * 3000), {}, "sender.rejected at sender"),
    Case("a line that is too long", smtp_script(mail="550 " + "x" * 5000), {}, "server.garbled at sender"),
    Case("too many lines", smtp_script(ehlo="250-x\n" * 200 + "250 y"), {}, "server.garbled at greeting"),
    Case("a reply too many", smtp_script(mail="250 ok\n250 again"), {}, "server.garbled at message"),
    Case("two banners", smtp_script(banner="220 one\n220 two"), {}, "server.garbled at message"),
    Case("no mechanism after AUTH", smtp_script(ehlo="250-x\n250 AUTH"), LOGIN,
         "authenticate.no_common_mechanism at authenticate"),
    Case("no extensions, and a sign-in wanted", smtp_script(ehlo="502 what"), LOGIN,
         "authenticate.not_offered at authenticate"),
    Case("extensions written over on the way", smtp_script(ehlo="250-x\n250-XXXXXXXA\n250 SIZE 9"), STARTTLS,
         "tls.not_offered at tls", ("XXXXXXXA", "have that inspection switched off")),
    Case("no extensions, and TLS wanted", smtp_script(ehlo="502 what"), STARTTLS, "tls.not_offered at tls"),
    Case("both hellos refused", smtp_script(ehlo="500 what", helo="500 what"), {}, "hello.rejected at greeting"),
    Case(
        "EHLO refused, and the end", says(BANNER, b"554 5.7.1 go away\r\n"), {}, "hello.rejected at greeting",
        ("554 5.7.1 go away", "EHLO Name"),
    ),
    Case("a size that is too small", smtp_script(ehlo="250-x\n250 SIZE 10", mail="552 5.3.4 too big"), {},
         "message.too_large at sender"),
]  # fmt: skip

STARTING_TLS = [
    Case("an alert for the name", alert(112), STARTTLS, "tls.failed at tls", ("has no certificate for the name",)),
    Case("an alert that Python has no name for", alert(120), STARTTLS, "tls.failed at tls",
         ("alert no application protocol)",)),
    Case("more than the reply to STARTTLS", smtp_script(ehlo=OFFERED, starttls="220 go\n250 more"), STARTTLS,
         "tls.injected at tls", ("in between",)),
    Case("STARTTLS refused", smtp_script(ehlo=OFFERED, starttls="500 no"), STARTTLS, "tls.refused at tls"),
    Case("STARTTLS answered with 421", smtp_script(ehlo=OFFERED, starttls="421 no"), STARTTLS, "tls.refused at tls"),
    Case("STARTTLS answered with 250", smtp_script(ehlo=OFFERED, starttls="250 ok"), STARTTLS, "server.garbled at tls"),
    Case("STARTTLS promised, the handshake answered in clear", says(BANNER, b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n",
         b"500 what\r\n"), STARTTLS, "tls.failed at tls"),
    Case("the end after STARTTLS", says(BANNER, b"250-x\r\n250 STARTTLS\r\n"), STARTTLS, "server.closed at tls"),
    Case("the end instead of a handshake", says(BANNER, b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n"), STARTTLS,
         "tls.failed at tls"),
    Case("silence instead of a handshake", says(BANNER, b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n", then="silence"),
         STARTTLS, "tls.failed at tls"),
    Case("EHLO refused under TLS", smtp_script(ehlo=OFFERED, tls=TLS, after_tls="550 no", helo="550 no"), STARTTLS,
         "hello.rejected at tls"),
    Case("EHLO garbled under TLS", smtp_script(ehlo=OFFERED, tls=TLS, after_tls="what"), STARTTLS,
         "server.garbled at tls"),
]  # fmt: skip

BREAKS = [
    Case("closed on the password", says(BANNER, b"250-x\r\n250 AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n",
         b"334 UGFzc3dvcmQ6\r\n"), LOGIN, "server.closed at authenticate", ("while signing in",)),
    Case("closed before the banner", lambda connection: connection.close(), {}, "greeting.closed at greeting"),
    Case("reset before the banner", says(then="reset"), {}, "greeting.closed at greeting"),
    Case("silent before the banner", says(then="silence"), {}, "greeting.timeout at greeting", ("said nothing",)),
    Case("silent within the banner", says(b"220-mail", then="silence"), {}, "greeting.timeout at greeting",
         ("did not finish its greeting",)),
    *(
        Case(f"{then} after {number} replies", says(*DIALOGUE[:number], then=then), {}, f"{cause} at {STAGES[number]}")
        for number in range(1, 6)
        for then, cause in (("close", "server.closed"), ("reset", "server.closed"), ("silence", "server.timeout"))
        # After the final dot, a server has ten minutes.
        if (number, then) != (5, "silence")
    ),
    Case("an endless line as banner", endlessly(b"x" * 60_000), {}, "greeting.not_smtp at greeting"),
    Case("an endless line after 220", endlessly(b"220-" + b"x" * 60_000), {}, "greeting.not_smtp at greeting"),
    Case("endless lines after 220", endlessly(b"220-hello\r\n" * 6000), {}, "greeting.not_smtp at greeting"),
    Case("endless lines, slowly", endlessly(b"220-wait\r\n", pause=0.05), {}, "greeting.timeout at greeting",
         ("did not finish its greeting",)),
    Case("a byte now and then", endlessly(b"2", pause=0.2), {}, "greeting.timeout at greeting"),
    Case("endless extensions, slowly", endlessly(b"250-x\r\n", BANNER, pause=0.05), {}, "server.timeout at greeting"),
    Case("endless extensions", endlessly(b"250-x\r\n" * 6000, BANNER), {}, "server.garbled at greeting"),
    *(
        Case(f"421 at {step}", smtp_script(ehlo=AUTH, **{step: "421 4.3.2 closing"}), LOGIN, f"server.busy at {stage}")
        for step, stage in (
            ("banner", "greeting"), ("auth", "authenticate"), ("mail", "sender"), ("rcpt", "recipient"),
            ("data", "message"), ("final", "message"),
        )
    ),
    Case("421 at EHLO", smtp_script(ehlo="421 4.3.2 closing"), {}, "server.busy at greeting"),
]  # fmt: skip

CASES = [*SLOPPY, *WRONG, *STARTING_TLS, *BREAKS]
