import socket
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured

from paragon_smtp import ports


@pytest.fixture
def port_in_use() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_in_use_that_was_asked_for_is_named_with_its_variable(port_in_use: int) -> None:
    with pytest.raises(ImproperlyConfigured) as raised:
        ports.choose("INBOX_SMTP_PORT", port_in_use, insisted=True)
    assert str(raised.value) == (
        f"Port {port_in_use} is in use already. Set INBOX_SMTP_PORT to another one, or stop what uses it."
    )


def test_a_default_port_in_use_gives_way_to_the_next_free_one(port_in_use: int) -> None:
    chosen = ports.choose("PORT", port_in_use, insisted=False)
    assert chosen > port_in_use
    assert ports.obstacle(chosen) == ""


def test_two_programs_do_not_get_the_same_port(port_in_use: int) -> None:
    first = ports.choose("PORT", port_in_use, insisted=False)
    assert ports.choose("INBOX_WEB_PORT", first, insisted=False, taken=[first]) > first
    with pytest.raises(ImproperlyConfigured, match=f"^Port {first} is wanted twice"):
        ports.choose("INBOX_WEB_PORT", first, insisted=True, taken=[first])


def test_answers_only_where_something_listens(port_in_use: int) -> None:
    assert ports.answers(port_in_use)
    assert not ports.answers(ports.choose("PORT", port_in_use, insisted=False))
