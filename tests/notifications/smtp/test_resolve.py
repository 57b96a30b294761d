import time

import pytest

from notifications.smtp.failure import Unresolved
from notifications.smtp.resolve import literal, resolve


@pytest.mark.parametrize(
    ("text", "ip"), [("192.0.2.7", "192.0.2.7"), ("[::1]", "::1"), ("mail.test", None), ("1.2.3", None)]
)
def test_an_ip_address_is_told_from_a_name(text: str, ip: str | None) -> None:
    assert literal(text) == ip


def test_localhost_has_an_address() -> None:
    assert "127.0.0.1" in {address.ip for address in resolve("localhost", 25, time.monotonic() + 5)}


@pytest.mark.parametrize("name", ["nowhere.invalid", "a..b", "x" * 64 + ".test", "münchen..de"])
def test_a_name_that_cannot_exist_is_not_found(name: str) -> None:
    with pytest.raises(Unresolved) as caught:
        resolve(name, 25, time.monotonic() + 5)
    assert caught.value.kind == "not_found"


def test_a_name_server_without_an_answer_in_time_is_unavailable() -> None:
    with pytest.raises(Unresolved) as caught:
        resolve("mail.example", 25, time.monotonic())
    assert caught.value.kind == "unavailable"
