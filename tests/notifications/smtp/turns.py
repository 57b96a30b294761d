"""What the tests of connections deliver, and to whom."""

import time
from collections import deque
from collections.abc import Iterable

from notifications.smtp import Accepted, Connections, Envelope, Event
from tests.servers.scripted import Connection, Script

MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"


def envelopes(*recipients: str) -> list[Envelope]:
    return [Envelope(key, "from@mail.test", recipient, MESSAGE) for key, recipient in enumerate(recipients)]


class Stock:
    """The messages that a test has delivered."""

    def __init__(self, messages: Iterable[Envelope]) -> None:
        self.messages = deque(messages)

    def __len__(self) -> int:
        return len(self.messages)

    def take(self) -> Envelope | None:
        return self.messages.popleft() if self.messages else None


def run(connections: Connections, stock: Stock, seconds: float = 10.0) -> list[Event]:
    """Turns until everything is told of, or no connection can be opened."""
    events: list[Event] = []
    until = time.monotonic() + seconds
    while len(stock) or connections.busy:
        events += connections.turn(1.0)
        if time.monotonic() > until or any(event.key is None for event in events):
            break
    return events


def pipelining(
    heard: list[str], *, lenient: bool = False, close_after_message: int = 0, refuse_all: str = "", last_words: str = ""
) -> Script:
    """A server with PIPELINING: `no@` is refused, and `lenient` gives a 354 all the same."""

    def script(connection: Connection) -> None:
        recipients: list[str] = []
        messages = 0
        connection.say("220 mail.test")
        while line := connection.hear():
            heard.append(line)
            verb = line[:4].upper()
            if verb == "EHLO":
                connection.say("250-mail.test\n250 PIPELINING")
            elif verb == "RCPT":
                refused = "no@" in line
                connection.say((refuse_all or "550 5.1.1 no such user") if refused else "250 ok")
                recipients += [] if refused else [line]
            elif verb == "DATA":
                if not recipients and not lenient:
                    connection.say("554 5.5.1 no valid recipients")
                    continue
                connection.say("354 go")
                content = connection.hear_message()
                heard.append(f"({len(content.splitlines())} lines)")
                messages += 1
                if messages == close_after_message:
                    if last_words:
                        connection.say(last_words)
                    return
                connection.say(f"250 ok: queued as P{messages}" if recipients else "554 no recipients")
                recipients.clear()
            else:
                if verb == "RSET":
                    recipients.clear()
                connection.say("221 bye" if verb == "QUIT" else "250 ok")

    return script


def accepted(event: Event) -> bool:
    return isinstance(event.result, Accepted)
