import socket
import time

import pytest

from notifications.smtp import Rules
from notifications.smtp.connect import connect, interleave
from notifications.smtp.failure import Unreached
from notifications.smtp.resolve import Address


def v4(ip: str, port: int = 25) -> Address:
    return Address(socket.AF_INET, ip, (ip, port))


def v6(ip: str, port: int = 25) -> Address:
    return Address(socket.AF_INET6, ip, (ip, port, 0, 0))


def test_the_families_take_turns_beginning_with_the_preferred_one() -> None:
    ordered = interleave([v6("::1"), v6("::2"), v6("::3"), v4("127.0.0.1")])
    assert [address.ip for address in ordered] == ["::1", "127.0.0.1", "::2", "::3"]


def test_a_dead_address_does_not_keep_the_next_one_waiting() -> None:
    """The backlog of the first is full, so that it answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as good, socket.socket() as full:
        full.bind(("127.0.0.2", good.getsockname()[1]))
        full.listen(0)
        port = good.getsockname()[1]
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.2", port))
            fillers.append(filler)
        started = time.monotonic()
        sock, ip = connect([v4("127.0.0.2", port), v4("127.0.0.1", port)], port, Rules(), started + 5)
        assert ip == "127.0.0.1"
        assert time.monotonic() - started < 1
        for filler in (sock, *fillers):
            filler.close()


def test_every_address_is_named_when_none_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreached) as caught:
        connect([v4("127.0.0.1", port), v4("169.254.1.1", port)], port, Rules(), time.monotonic() + 2)
    assert caught.value.kind == "refused"
    assert set(caught.value.tried) == {
        "127.0.0.1: connection refused",
        "169.254.1.1: a link-local address, which is never allowed",
    }


def test_a_port_outside_the_rules_is_not_tried() -> None:
    with pytest.raises(Unreached) as caught:
        connect([v4("127.0.0.1")], 25, Rules(allowed_ports=frozenset((587,))), time.monotonic() + 2)
    assert caught.value.kind == "forbidden"
