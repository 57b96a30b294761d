"""A drill notices what it is there to notice."""

from dataclasses import replace

import pytest

from tests.drills.ledger import Connection, Ledger
from tests.drills.verdict import Row, Window, breaches, told

ADA = Row("<1@example.com>", "ada@example.com", "Person 00001", "delivered", 1)


def message(row: Row = ADA) -> bytes:
    return f"Message-ID: {row.message_id}\r\nTo: {row.recipient}\r\n\r\nHello {row.name},\r\n\r\n...\r\n".encode()


def accept(ledger: Ledger, *, on: Connection | None = None, row: Row = ADA, to: str = "", ends: bool = True) -> None:
    connection = on or ledger.open()
    ledger.accept(connection, to or row.recipient, message(row))
    if ends:
        connection.ended = connection.taken[-1]


def judged(ledger: Ledger, row: Row = ADA, windows: tuple[Window, ...] = ()) -> list[str]:
    return [breach.partition(":")[0] for breach in breaches([row], ledger, [row.recipient], windows)]


def test_one_message_for_the_right_person_is_what_was_promised() -> None:
    ledger = Ledger()
    accept(ledger)
    assert judged(ledger) == []


def test_a_delivered_one_that_never_arrived_is_lost() -> None:
    assert judged(Ledger()) == ["lost"]


def test_one_that_waits_is_left_behind() -> None:
    assert judged(Ledger(), replace(ADA, state="waiting")) == ["left behind"]


def test_a_failed_one_must_have_been_refused() -> None:
    ledger = Ledger()
    row = replace(ADA, state="failed")
    assert judged(ledger, row) == ["given up"]
    ledger.refused_for_good.add(ADA.recipient)
    assert judged(ledger, row) == []


def test_what_was_committed_and_is_gone_is_noticed() -> None:
    assert breaches([], Ledger(), ["eve@example.com"], [])[0].startswith("gone from the outbox")


@pytest.mark.parametrize(
    ("row", "to"),
    [
        (ADA, "eve@example.com"),
        (replace(ADA, recipient="eve@example.com"), "ada@example.com"),
        (replace(ADA, name="Person 00002"), ""),
    ],
)
def test_a_message_for_somebody_else_is_noticed(row: Row, to: str) -> None:
    ledger = Ledger()
    accept(ledger, row=row, to=to)
    assert "wrong person" in judged(ledger)


def test_a_message_of_no_notification_is_noticed() -> None:
    ledger = Ledger()
    accept(ledger)
    accept(ledger, row=replace(ADA, message_id="<2@example.com>"))
    assert judged(ledger) == ["unknown"]


def test_a_second_copy_is_excused_after_a_connection_broke() -> None:
    ledger = Ledger()
    accept(ledger)
    accept(ledger)
    assert judged(ledger) == []


def test_a_second_copy_is_not_excused_while_the_first_connection_is_up() -> None:
    ledger = Ledger()
    accept(ledger, ends=False)
    accept(ledger)
    assert judged(ledger) == ["twice"]


def test_a_second_copy_after_a_goodbye_is_excused_only_when_the_database_was_away() -> None:
    ledger = Ledger()
    accept(ledger)
    accept(ledger)
    first = ledger.connections[0]
    first.goodbye = True
    assert judged(ledger) == ["twice"]
    assert judged(ledger, windows=(Window(first.opened - 1, first.opened + 1),)) == []


def test_a_second_copy_is_not_excused_when_fifty_came_after_it() -> None:
    ledger = Ledger()
    connection = ledger.open()
    accept(ledger, on=connection, ends=False)
    connection.taken += [connection.taken[0] + 1.0 + number for number in range(50)]
    connection.ended = connection.taken[-1]
    ledger.accepted.append(replace(ledger.accepted[0], connection=ledger.open(), at=connection.ended + 1))
    assert judged(ledger) == ["twice"]


def test_many_of_a_kind_are_told_as_a_few_and_their_number() -> None:
    assert told(["lost: one"] * 9) == [*["lost: one"] * 5, "lost: 9 in all"]
