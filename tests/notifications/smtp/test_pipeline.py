import itertools
from collections.abc import Iterator

import pytest

from notifications.smtp import Envelope, Outcome, Session, Stage
from tests.servers.postfix import USER, Postfix
from tests.servers.scripted import Connection, Script, scripted
from tests.servers.settings import to_scripted

MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"


def envelopes(*recipients: str) -> list[Envelope]:
    return [Envelope(key, "from@mail.test", recipient, MESSAGE) for key, recipient in enumerate(recipients)]


def pipelining(
    heard: list[str], *, lenient: bool = False, close_after_message: int = 0, refuse_all: str = ""
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
                    return
                connection.say(f"250 ok: queued as P{messages}" if recipients else "554 no recipients")
                recipients.clear()
            else:
                if verb == "RSET":
                    recipients.clear()
                connection.say("221 bye" if verb == "QUIT" else "250 ok")

    return script


def results(outcomes: list[Outcome]) -> list[tuple[object, str]]:
    return [
        (outcome.key, outcome.accepted.queue_id or "accepted" if outcome.accepted else str(outcome.failure))
        for outcome in outcomes
    ]


def test_messages_are_delivered_and_each_is_answered_for() -> None:
    heard: list[str] = []
    with scripted(pipelining(heard)) as server, Session(to_scripted(server)) as session:
        outcomes = list(session.deliver_many(envelopes("a@x.y", "b@x.y", "c@x.y")))
        assert session.usable
    assert results(outcomes) == [(0, "P1"), (1, "P2"), (2, "P3")]


@pytest.mark.parametrize("lenient", [False, True])
def test_a_refused_recipient_costs_only_its_own_message(lenient: bool) -> None:
    """Also where the server asks for the data of a message that has no recipient: it gets none."""
    heard: list[str] = []
    with scripted(pipelining(heard, lenient=lenient)) as server, Session(to_scripted(server)) as session:
        outcomes = list(session.deliver_many(envelopes("no@x.y", "a@x.y", "no@x.y", "no@x.y", "b@x.y", "no@x.y")))
        session.deliver("from@mail.test", "c@x.y", MESSAGE)
    told = [outcome.accepted is not None or str(outcome.failure) for outcome in outcomes]
    refused = "recipient: 550 5.1.1 no such user"
    assert told == [refused, True, refused, refused, True, refused]
    contents = [line for line in heard if line.startswith("(")]
    assert sorted(contents) == (["(0 lines)"] * 4 + ["(3 lines)"] * 3 if lenient else ["(3 lines)"] * 3)


def test_a_break_after_the_final_dot_concerns_only_what_was_handed_over() -> None:
    heard: list[str] = []
    with scripted(pipelining(heard, close_after_message=2)) as server, Session(to_scripted(server)) as session:
        outcomes = list(session.deliver_many(envelopes("a@x.y", "b@x.y", "c@x.y", "d@x.y")))
        assert not session.usable
    assert [outcome.key for outcome in outcomes] == [0, 1]
    assert outcomes[1].failure is not None
    assert (outcomes[1].failure.stage, outcomes[1].failure.maybe_accepted) == (Stage.MESSAGE, True)


def test_a_421_ends_the_batch() -> None:
    heard: list[str] = []
    script = pipelining(heard, refuse_all="421 4.3.2 closing")
    with scripted(script) as server, Session(to_scripted(server)) as session:
        outcomes = list(session.deliver_many(envelopes("a@x.y", "no@x.y", "c@x.y")))
        assert not session.usable
    assert results(outcomes) == [(0, "P1"), (1, "recipient: 421 4.3.2 closing")]


def test_a_caller_that_stops_leaves_a_session_that_is_not_used_again() -> None:
    heard: list[str] = []
    with scripted(pipelining(heard)) as server, Session(to_scripted(server)) as session:
        outcomes = session.deliver_many(envelopes("a@x.y", "b@x.y", "c@x.y"))
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]
        assert not session.usable


def test_an_envelope_that_cannot_be_sent_does_not_stop_the_others() -> None:
    heard: list[str] = []
    with scripted(pipelining(heard)) as server, Session(to_scripted(server)) as session:
        outcomes = list(session.deliver_many(envelopes("a@x.y", "b\n@x.y", "jörg@x.y", "c@x.y")))
    assert {outcome.key: outcome.accepted is not None for outcome in outcomes} == {0: True, 1: False, 2: False, 3: True}


def test_postfix_takes_many_messages_in_one_session(postfix_server: Postfix) -> None:
    recipients = [f"user{key}@example.test" for key in range(30)]

    def batch() -> Iterator[Envelope]:
        for key, recipient in enumerate(recipients):
            yield Envelope(key, USER, recipient, MESSAGE)

    with Session(postfix_server.settings()) as session:
        outcomes = list(session.deliver_many(batch()))
    assert [outcome.key for outcome in outcomes] == list(range(30))
    assert all(outcome.accepted and outcome.accepted.queue_id for outcome in outcomes)
    assert postfix_server.sink.wait_for(*recipients) == set(recipients)


def test_an_endless_batch_is_taken_one_by_one() -> None:
    heard: list[str] = []
    endless = (Envelope(key, "from@mail.test", "a@x.y", MESSAGE) for key in itertools.count())
    with scripted(pipelining(heard)) as server, Session(to_scripted(server)) as session:
        outcomes = list(itertools.islice(session.deliver_many(endless), 5))
    assert [outcome.key for outcome in outcomes] == [0, 1, 2, 3, 4]
