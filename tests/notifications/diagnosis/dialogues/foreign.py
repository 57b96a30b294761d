"""What else listens where a mail server was expected, and TLS where it was not, on any port."""

from tests.notifications.diagnosis.dialogues.scripts import IMPLICIT, STARTTLS, TLS, answers, greets, under_tls
from tests.notifications.faults.case import Case
from tests.servers.scripted import Connection, smtp_script

LOGIN_FIRST = b"530 Please login with USER and PASS.\r\n"

# They speak first.
GREETINGS = {
    "SSH": greets(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"),
    "IMAP": greets(b"* OK [CAPABILITY IMAP4rev1] ready.\r\n"),
    "IMAP, turning away": greets(b"* BYE too many connections\r\n"),
    "POP3": greets(b"+OK ready <1@mail.test>\r\n"),
    "FTP": greets(b"220 (vsFTPd 3.0.3)\r\n", LOGIN_FIRST),
    "FTP of FileZilla": greets(b"220-FileZilla Server 1.7\r\n220 Please visit us\r\n", LOGIN_FIRST),
    "FTP without a name": greets(b"220 Service ready for new user.\r\n", LOGIN_FIRST),
    "FTP of few words": greets(b"220 hello\r\n", LOGIN_FIRST),
    "NNTP": greets(b"200 news.test NNRP server ready (posting ok)\r\n"),
    "LMTP": greets(b"220 mail.test LMTP ready.\r\n", b"500 5.5.1 Unknown command\r\n"),
    "DICT": greets(b"220 dict.test dictd 1.12 <auth.mime>\r\n", b"500 unknown command\r\n"),
    "MySQL": greets(b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0"),
    "MySQL, turning away": greets(b"\x45\0\0\0\xffj\x04Host is not allowed to connect"),
    "VNC": greets(b"RFB 003.008\n"),
    "Telnet": greets(b"\xff\xfd\x18\xff\xfd\x20"),
    "ManageSieve": greets(b'"IMPLEMENTATION" "Pigeonhole"\r\nOK "ready."\r\n'),
    "IRC": greets(b":irc.test NOTICE * :*** Looking up your hostname...\r\n"),
    "rsync": greets(b"@RSYNCD: 31.0\n"),
    "Asterisk": greets(b"Asterisk Call Manager/2.8.0\r\n"),
}
# They wait for the client.
ANSWERS = {
    "HTTP": answers(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "Redis": answers(b"-ERR unknown command 'EHLO'\r\n"),
    "Memcached": answers(b"ERROR\r\n"),
    "SIP": answers(b"SIP/2.0 400 Bad Request\r\n\r\n"),
    "XMPP": answers(b"<?xml version='1.0'?><stream:stream><stream:error/>"),
    "LDAP": answers(b"\x30\x24\x02\x01\x00\x78\x1f\x0a\x01\x02"),
    "Remote Desktop": answers(b"\x03\x00\x00\x13\x0e\xd0\x00\x00\x124"),
    "PostgreSQL": answers(b"E\x00\x00\x00\x8bSFATAL\x00"),
    "AMQP": answers(b"AMQP\x00\x00\x09\x01"),
}
NAMES = {"IMAP, turning away": "IMAP", "FTP of FileZilla": "FTP", "FTP without a name": "FTP",
         "FTP of few words": "FTP", "MySQL, turning away": "MySQL", "Redis": "POP3 or Redis"}  # fmt: skip


def https(connection: Connection) -> None:
    """As nginx does: who speaks in clear to its port for TLS is answered in clear."""
    if connection.peek() == b"\x16":
        under_tls(ANSWERS["HTTP"])(connection)
    else:
        ANSWERS["HTTP"](connection)


def echo(connection: Connection) -> None:
    while sent := connection.hear_anything():
        connection.say(sent)


def alert(connection: Connection) -> None:
    connection.hear_anything()
    connection.say(b"\x15\x03\x01\x00\x02\x02\x46")


def _name(service: str) -> str:
    return f"it looks like {NAMES.get(service, service)}"


CASES = [
    *(
        Case(service, script, {}, "greeting.not_smtp at greeting", (_name(service), "Check Server Address"))
        for service, script in (GREETINGS | ANSWERS).items()
    ),
    *(
        Case(
            f"{service}, for STARTTLS", GREETINGS[service], STARTTLS, "greeting.not_smtp at greeting",
            (_name(service),),
        )
        for service in ("SSH", "IMAP", "POP3", "FTP", "MySQL")
    ),
    *(
        Case(
            f"{service}, addressed with TLS", (GREETINGS | ANSWERS)[service], IMPLICIT, "tls.not_spoken at tls",
            (_name(service), "this is no mail server"),
        )
        for service in ("SSH", "IMAP", "POP3", "MySQL", "HTTP", "Redis")
    ),
    *(
        Case(
            f"{service} under TLS, addressed in clear", under_tls((GREETINGS | ANSWERS)[service]), {},
            "greeting.expects_tls at greeting", (_name(service), "this is no mail server"),
        )
        for service in ("IMAP", "POP3", "HTTP")
    ),
    *(
        Case(
            f"{service} under TLS", under_tls(GREETINGS[service]), IMPLICIT, "greeting.not_smtp at greeting",
            (_name(service),),
        )
        for service in ("IMAP", "POP3", "FTP")
    ),
    Case("HTTPS, addressed in clear", https, {}, "greeting.expects_tls at greeting", ("HTTP",)),
    Case("HTTPS, for STARTTLS", https, STARTTLS, "greeting.expects_tls at greeting", ("HTTP",)),
    Case("HTTPS", https, IMPLICIT, "greeting.not_smtp at greeting", ("HTTP",)),
    Case("something unknown", answers(b"\x99\x98\x97\x96\x95"), {}, "greeting.not_smtp at greeting",
         ("not the beginning of an SMTP dialogue",)),
    Case("SMTP under TLS, addressed in clear", under_tls(smtp_script()), {}, "greeting.expects_tls at greeting",
         ("speaks TLS from the first byte", "implicit TLS")),
    Case("SMTP under TLS, for STARTTLS", under_tls(smtp_script()), STARTTLS, "greeting.expects_tls at greeting",
         ("in clear first, as STARTTLS needs",)),
    Case("SMTP in clear, addressed with TLS", smtp_script(), IMPLICIT, "tls.not_spoken at tls",
         ("it looks like SMTP", "Set TLS mode to STARTTLS")),
    Case("STARTTLS, addressed with TLS", smtp_script(ehlo="250-x\n250 STARTTLS", tls=TLS), IMPLICIT,
         "tls.not_spoken at tls", ("STARTTLS",)),
    Case("an alert of TLS to whatever comes", alert, {}, "greeting.expects_tls at greeting"),
    Case("an alert of TLS at once", greets(b"\x15\x03\x03\x00\x02\x02\x28"), {}, "greeting.expects_tls at greeting"),
    Case("what is sent comes back", echo, {}, "greeting.not_smtp at greeting"),
    Case("what is sent comes back, addressed with TLS", echo, IMPLICIT, "tls.not_spoken at tls"),
    Case("no common version", alert, IMPLICIT, "tls.protocol at tls", ("TLS 1.2",)),
]  # fmt: skip
