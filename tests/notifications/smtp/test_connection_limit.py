"""How many connections are open: more for a busy queue, fewer where the server bears no more."""

import threading

from notifications.smtp import Connections, Event, SessionFailure
from tests.notifications.smtp.turns import Stock, accepted, envelopes, pipelining, run
from tests.servers.scripted import Connection, scripted
from tests.servers.settings import to_scripted


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
