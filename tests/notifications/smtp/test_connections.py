import threading
import time
from collections import deque
from collections.abc import Iterable

import pytest

from notifications.smtp import Accepted, Connections, Envelope, Event, Server, SessionFailure, Stage, TLSMode
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.postfix import USER, Postfix
from tests.servers.processes import free_port
from tests.servers.scripted import Connection, Script, scripted
from tests.servers.settings import to_scripted

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


def deliver(server: Server, messages: list[Envelope], *, limit: int = 1) -> list[Event]:
    stock = Stock(messages)
    connections = Connections(server, stock, limit=limit)
    try:
        return run(connections, stock)
    finally:
        connections.close()


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


def results(events: list[Event]) -> list[tuple[object, str]]:
    return [
        (event.key, event.result.queue_id or "accepted" if isinstance(event.result, Accepted) else str(event.result))
        for event in events
    ]


def test_messages_are_delivered_and_each_is_answered_for() -> None:
    heard: list[str] = []
    with scripted(pipelining(heard)) as server:
        outcomes = deliver(to_scripted(server), envelopes("a@x.y", "b@x.y", "c@x.y"))
        until = time.monotonic() + 5
        while heard[-1] != "QUIT" and time.monotonic() < until:
            time.sleep(0.01)
    assert results(outcomes) == [(0, "P1"), (1, "P2"), (2, "P3")]
    assert heard[-1] == "QUIT"


@pytest.mark.parametrize("lenient", [False, True])
def test_a_refused_recipient_costs_only_its_own_message(lenient: bool) -> None:
    """Also where the server asks for the data of a message that has no recipient: it gets none."""
    heard: list[str] = []
    with scripted(pipelining(heard, lenient=lenient)) as server:
        outcomes = deliver(
            to_scripted(server), envelopes("no@x.y", "a@x.y", "no@x.y", "no@x.y", "b@x.y", "no@x.y", "c@x.y")
        )
    told = [accepted(event) or str(event.result) for event in outcomes]
    refused = "recipient: 550 5.1.1 no such user"
    assert told == [refused, True, refused, refused, True, refused, True]
    contents = [line for line in heard if line.startswith("(")]
    assert sorted(contents) == (["(0 lines)"] * 4 + ["(3 lines)"] * 3 if lenient else ["(3 lines)"] * 3)


def test_a_break_after_the_final_dot_concerns_only_what_was_handed_over() -> None:
    heard: list[str] = []
    script = pipelining(heard, close_after_message=2)
    stock = Stock(envelopes("a@x.y", "b@x.y", "c@x.y", "d@x.y"))
    with scripted(script) as server:
        connections = Connections(to_scripted(server), stock)
        outcomes = []
        while len(outcomes) < 3:
            outcomes += connections.turn(1.0)
        connections.close()
    assert [outcome.key for outcome in outcomes] == [0, 1, 2]
    failure = outcomes[1].result
    assert isinstance(failure, SessionFailure)
    assert (failure.stage, failure.maybe_accepted) == (Stage.MESSAGE, True)
    assert outcomes[2].result is None, "it was begun, and not tried"


def test_a_421_ends_the_connection_and_the_next_message_gets_another() -> None:
    heard: list[str] = []
    script = pipelining(heard, refuse_all="421 4.3.2 closing")
    with scripted(script) as server:
        outcomes = deliver(to_scripted(server), envelopes("a@x.y", "no@x.y", "c@x.y"))
    assert results(outcomes) == [(0, "P1"), (1, "recipient: 421 4.3.2 closing"), (2, "P1")]
    assert len([line for line in heard if line.startswith("EHLO")]) == 2


def test_an_envelope_that_cannot_be_sent_does_not_stop_the_others() -> None:
    heard: list[str] = []
    with scripted(pipelining(heard)) as server:
        outcomes = deliver(to_scripted(server), envelopes("a@x.y", "b\n@x.y", "jörg@x.y", "c@x.y"))
    assert {event.key: accepted(event) for event in outcomes} == {0: True, 1: False, 2: False, 3: True}


def test_a_message_does_not_wait_for_one_that_follows_it() -> None:
    heard: list[str] = []
    stock = Stock(envelopes("a@x.y"))
    with scripted(pipelining(heard)) as server:
        connections = Connections(to_scripted(server), stock)
        assert [event.key for event in run(connections, stock)] == [0]
        stock.messages.extend(envelopes("b@x.y"))
        assert [event.key for event in run(connections, stock)] == [0]
        connections.close()
    assert len([line for line in heard if line.startswith("EHLO")]) == 1


def test_a_connection_that_the_server_closed_while_idle_is_replaced() -> None:
    heard: list[str] = []
    closed = threading.Event()

    def script(connection: Connection) -> None:
        pipelining(heard, close_after_message=0 if closed.is_set() else 1, last_words="250 ok: queued as LAST")(
            connection
        )
        connection.close()
        closed.set()

    stock = Stock(envelopes("a@x.y"))
    with scripted(script) as server:
        connections = Connections(to_scripted(server), stock)
        assert results(run(connections, stock)) == [(0, "LAST")]
        assert closed.wait(5)
        stock.messages.extend(envelopes("b@x.y"))
        assert results(run(connections, stock)) == [(0, "P1")]
        connections.close()


def test_a_connection_that_was_idle_for_long_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.smtp.lane.STALE", 0.0)
    heard: list[str] = []
    stock = Stock(envelopes("a@x.y"))
    with scripted(pipelining(heard)) as server:
        connections = Connections(to_scripted(server), stock)
        run(connections, stock)
        stock.messages.extend(envelopes("b@x.y"))
        run(connections, stock)
        connections.close()
    verbs = [line.split(" ")[0] for line in heard]
    assert verbs.index("NOOP", verbs.index("DATA")) < verbs.index("MAIL", verbs.index("DATA"))


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    def script(connection: Connection) -> None:
        connection.say("220 mail.test")
        connection.hear()
        connection.say("250-mail.test\n250 PIPELINING")
        connection.wait_for_goodbye()

    with scripted(script) as server:
        [outcome] = deliver(to_scripted(server, timeout=0.3), envelopes("a@x.y"))
    assert isinstance(outcome.result, SessionFailure)
    assert (str(outcome.result), outcome.result.maybe_accepted) == ("sender: no reply in time", False)


def test_a_busy_queue_opens_more_connections_up_to_the_limit() -> None:
    started = threading.Semaphore(0)

    def script(connection: Connection) -> None:
        started.release()
        heard: list[str] = []
        connection.say("220 mail.test")
        while line := connection.hear():
            heard.append(line)
            if line.startswith("EHLO"):
                connection.say("250-mail.test\n250 PIPELINING")
            elif line.startswith("DATA"):
                connection.say("354 go")
                connection.hear_message()
                connection.pause(0.05)
                connection.say("250 ok")
            else:
                connection.say("250 ok")

    messages = envelopes(*["a@x.y"] * 40)
    with scripted(script) as server:
        stock = Stock(messages)
        connections = Connections(to_scripted(server), stock, limit=4)
        outcomes = run(connections, stock)
        assert len(connections) == 4
        connections.close()
    assert sorted(outcome.key for outcome in outcomes) == list(range(40))
    assert all(map(accepted, outcomes))


def test_a_server_that_bears_only_two_keeps_two() -> None:
    open_now: list[int] = []

    def script(connection: Connection) -> None:
        if len(open_now) >= 2:
            connection.say("421 4.7.0 too many connections")
            return
        open_now.append(1)
        connection.say("220 mail.test")
        while line := connection.hear():
            if line.startswith("EHLO"):
                connection.say("250-mail.test\n250 PIPELINING")
            elif line.startswith("DATA"):
                connection.say("354 go")
                connection.hear_message()
                connection.pause(0.05)
                connection.say("250 ok")
            else:
                connection.say("250 ok")

    with scripted(script) as server:
        stock = Stock(envelopes(*["a@x.y"] * 30))
        connections = Connections(to_scripted(server), stock, limit=8)
        events: list[Event] = []
        while len(stock) or connections.busy:
            events += connections.turn(1.0)
        assert len(connections) == 2
        connections.close()
    failures = [event.result for event in events if event.key is None]
    assert failures, "what could not be opened is told"
    assert all(isinstance(each, SessionFailure) and each.reply and each.reply.code == 421 for each in failures)
    assert sorted(event.key for event in events if event.key is not None) == list(range(30))


def test_fewer_connections_after_slow_down_and_more_again_after_successes() -> None:
    heard: list[str] = []
    stock = Stock([])
    with scripted(pipelining(heard)) as server:
        connections = Connections(to_scripted(server), stock, limit=4)
        connections.slow_down()
        assert connections.allowed == 1
        stock.messages.extend(envelopes(*["a@x.y"] * 200))
        run(connections, stock)
        assert connections.allowed == 3
        connections.close()


def test_a_server_that_is_away_is_told_of() -> None:
    stock = Stock(envelopes("a@x.y"))
    connections = Connections(Server("127.0.0.1", free_port(), TLSMode.NONE), stock)
    [event] = run(connections, stock)
    connections.close()
    assert isinstance(event.result, SessionFailure)
    assert (event.key, event.result.stage) == (None, Stage.CONNECT)
    assert len(stock) == 1, "no message was taken"


@pytest.mark.parametrize("limit", [1, 5])
def test_postfix_takes_many_messages(postfix_server: Postfix, limit: int) -> None:
    recipients = [f"user{key}.{limit}@example.test" for key in range(60)]
    messages = [Envelope(key, USER, recipient, MESSAGE) for key, recipient in enumerate(recipients)]
    outcomes = deliver(postfix_server.settings(), messages, limit=limit)
    assert sorted(outcome.key for outcome in outcomes) == list(range(60))
    assert all(isinstance(event.result, Accepted) and event.result.queue_id for event in outcomes)
    assert postfix_server.sink.wait_for(*recipients) == set(recipients)


def test_a_server_without_pipelining_is_served_in_turns(plain_server: MailServer) -> None:
    plain_server.refuse["no@mail.test"] = "550 5.1.1 no such user"
    outcomes = deliver(plain_server.settings(TLSMode.NONE), envelopes("a@x.y", "no@mail.test", "c@x.y"))
    assert [(event.key, accepted(event)) for event in outcomes] == [(0, True), (1, False), (2, True)]


def test_a_large_message_is_handed_over_in_parts_while_others_go_on() -> None:
    large = b"Subject: large\r\n\r\n" + (b"x" * 998 + b"\r\n") * 20000
    with mail_server() as server:
        messages = [
            Envelope(key, "from@mail.test", "a@corp.example", large if key == 1 else MESSAGE) for key in range(3)
        ]
        outcomes = deliver(server.settings(TLSMode.NONE), messages)
        sizes = [len(received.content) for received in server.received]
    assert all(map(accepted, outcomes))
    assert max(sizes) >= len(large)
