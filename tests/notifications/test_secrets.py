"""Ten thousand passwords through every stage that can fail, against servers that say them back in every form."""

import itertools
import logging
from collections.abc import Callable
from typing import Any

import pytest

from notifications.diagnosis import diagnose
from notifications.smtp import Server, Session, SessionFailure, StageResult, TLSMode
from notifications.smtp import session as session_module
from notifications.smtp.failure import NoReply
from tests.notifications.secrets import USERNAME, encodings, leaks, passwords, shown_by

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256")
FAULTS = (
    "banner", "EHLO", "AUTH", "AUTH later", "challenge", "garbled", "closed", "silent", "MAIL", "RCPT", "DATA",
    "message",
)  # fmt: skip


class Wire:
    """In place of a connection: a server in memory, which knows the password and says it in its one refusal."""

    def __init__(self, mechanism: str, fault: str, said: str) -> None:
        self._mechanism, self._fault, self._said = mechanism, fault, said
        self._incoming = bytearray()
        self._in_data = False
        self.local_ip, self.tls, self.queued = "127.0.0.1", None, 0
        self._say("banner", "220 mail.test")

    def _say(self, step: str, reply: str) -> None:
        self._incoming += (f"550-5.7.1 refused\r\n550 5.7.1 {self._said}" if step == self._fault else reply).encode()
        self._incoming += b"\r\n"

    def send(self, data: bytes, until: float) -> None:  # noqa: ARG002 - the real one's
        for line in data.decode().rstrip("\r\n").split("\r\n"):
            self._hear(line)

    def _hear(self, line: str) -> None:
        verb = line.split(" ")[0].split(":")[0]
        if self._in_data:
            if line == ".":
                self._in_data = False
                self._say("message", f"250 queued, {self._said}")
        elif verb == "EHLO":
            self._say("EHLO", f"250-mail.test {self._said}\r\n250-X {self._said}\r\n250 AUTH {self._mechanism}")
        elif verb == "AUTH":
            self._authenticate(line)
        elif verb in ("MAIL", "RCPT"):
            self._say(verb, f"250 ok {self._said}")
        elif verb == "DATA":
            self._in_data = self._fault != "DATA"
            self._say("DATA", f"354 go {self._said}")
        elif verb in ("HELO", "QUIT"):
            self._say(self._fault if verb == "HELO" else verb, "221 bye")
        else:
            self._say("AUTH", f"235 welcome {self._said}")

    def _authenticate(self, line: str) -> None:
        if self._fault == "AUTH later":
            self._incoming += f"454 4.7.0 later: {line} {self._said}\r\n".encode()
        elif self._fault == "challenge":
            self._incoming += f"334 {self._said}\r\n".encode()
        elif self._fault == "garbled":
            self._incoming += f"{self._said} {line}\r\n".encode()
        elif self._fault in ("closed", "silent"):
            self._incoming += f"535-5.7.8 {line}\r\n".encode()
        elif self._mechanism == "PLAIN":
            self._say("AUTH", f"235 welcome {self._said}")
        else:
            self._incoming += b"334 VXNlcm5hbWU6\r\n"
            self._mechanism = {"LOGIN": "CRAM-MD5"}.get(self._mechanism, "PLAIN")

    def receive(self, until: float) -> bytes:  # noqa: ARG002 - the real one's
        data = bytes(self._incoming)
        self._incoming.clear()
        if not data and self._fault == "silent":
            raise NoReply
        return data

    def readable(self, seconds: float = 0.0) -> bool:  # noqa: ARG002 - the real one's
        return bool(self._incoming)

    def close(self) -> None:
        pass


class Watcher:
    def __init__(self) -> None:
        self.results: list[StageResult] = []

    def stage_started(self, stage: Any) -> None:
        pass

    def stage_ended(self, result: StageResult) -> None:
        self.results.append(result)


def everything_of(server: Server) -> tuple[str, str]:
    """The cause, and all that a person, a log or a report could be shown of a delivery to this server."""
    watcher = Watcher()
    shown: list[str] = []
    cause = ""
    with Session(server, observer=watcher) as session:
        try:
            session.open()
            shown.append(repr(session.deliver("from@mail.test", "to@example.com", b"Subject: x\r\n\r\nx\r\n")))
        except SessionFailure as failure:
            found = diagnose(failure, server, "from@mail.test", "to@example.com")
            cause = found.cause
            shown += [found.explanation, found.remedy, repr(found), *shown_by(failure), repr(failure.evidence)]
    shown += [*session.transcript.lines, *map(repr, watcher.results), repr(server)]
    return cause, "\n".join(shown)


@pytest.fixture
def wires(monkeypatch: pytest.MonkeyPatch) -> Callable[[Wire], None]:
    waiting: list[Wire] = []
    monkeypatch.setattr(session_module, "connect", lambda *_: (None, "127.0.0.1"))
    monkeypatch.setattr(session_module, "Stream", lambda _: waiting.pop())
    return waiting.append


def test_no_password_shows_whatever_fails(wires: Callable[[Wire], None], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ways = itertools.cycle(itertools.product(MECHANISMS, FAULTS))
    causes = set()
    for number, (password, (mechanism, fault)) in enumerate(zip(passwords(10_000), ways, strict=False)):
        forms = list(encodings(password).values())
        # Alone, within words, and where a long line is cut.
        said = ("x" * 990 if number % 20 == 0 else "user " * (number % 2)) + forms[number % len(forms)]
        wires(Wire(mechanism, fault, said))
        server = Server("127.0.0.1", 587, TLSMode.NONE, USERNAME, password, ehlo_name="client.example")
        cause, shown = everything_of(server)
        assert leaks(password, shown) == [], (mechanism, fault, shown)
        causes.add(cause)
    assert not caplog.text
    assert causes >= {
        "greeting.rejected",
        "hello.rejected",
        "authenticate.rejected",
        "authenticate.unavailable",
        "server.garbled",
        "server.closed",
        "server.timeout",
        "sender.rejected",
        "recipient.rejected",
        "message.rejected",
    }
