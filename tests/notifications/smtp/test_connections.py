import threading
import time

import pytest

from notifications.smtp import Accepted, Connections, Envelope, Event, Server, SessionFailure, Stage, TLSMode
from tests.notifications.smtp.turns import MESSAGE, Stock, accepted, envelopes, pipelining, run
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.postfix import USER, Postfix
from tests.servers.processes import free_port
from tests.servers.scripted import Connection, scripted
from tests.servers.settings import to_scripted


def deliver(server: Server, messages: list[Envelope], *, limit: int = 1) -> list[Event]:
    stock = Stock(messages)
    connections = Connections(server, stock, limit=limit)
    try:
        return run(connections, stock)
    finally:
        connections.close()


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
