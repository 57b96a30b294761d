import smtplib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.smtp.commands import checked_address, data_of, transaction
from notifications.smtp.failure import BadAddress, SMTPUTF8NotOffered
from notifications.smtp.protocol import Extensions

ALL = Extensions({"SIZE": ("1000",), "8BITMIME": (), "SMTPUTF8": ()})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@b.c\r\nRCPT TO:<x@y.z>",
        "a\0@b.c",
        "a@b.c> SIZE=1",
        "a b@c.d",
        "<a@b.c>",
        "a@b\x7f.c",
        "\ud800@b.c",
        "a@\u2028",
    ],
)
def test_an_address_that_would_break_out_of_its_command_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        checked_address(address)


def test_bad_addresses_are_value_errors() -> None:
    assert issubclass(BadAddress, ValueError)


def test_a_domain_travels_in_ascii() -> None:
    assert checked_address("jörg@exämple.com") == "jörg@xn--exmple-cua.com"


def test_parameters_are_sent_for_what_is_offered() -> None:
    made = transaction("a@b.c", "jörg@b.c", "Subject: ä\n\n".encode(), ALL)
    assert made.mail == "MAIL FROM:<a@b.c> SMTPUTF8 SIZE=15 BODY=8BITMIME"
    assert made.rcpt == "RCPT TO:<jörg@b.c>"


def test_nothing_is_sent_beyond_what_is_offered() -> None:
    assert transaction("", "a@b.c", b"x", Extensions({})).mail == "MAIL FROM:<>"


def test_an_address_beyond_ascii_needs_smtputf8() -> None:
    with pytest.raises(SMTPUTF8NotOffered):
        transaction("a@b.c", "jörg@b.c", b"x", Extensions({}))


def test_bare_line_ends_cannot_end_the_data_early() -> None:
    assert data_of(b"a\n.\nb\r.\rc") == b"a\r\n..\r\nb\r\n..\r\nc\r\n.\r\n"


def test_an_empty_message_is_only_the_final_dot() -> None:
    assert data_of(b"") == b".\r\n"


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab.\r\n"), max_size=30))
def test_data_is_prepared_as_smtplib_does(text: str) -> None:
    expected = smtplib._quote_periods(smtplib._fix_eols(text).encode())  # type: ignore[attr-defined]
    if expected and not expected.endswith(b"\r\n"):
        expected += b"\r\n"
    assert data_of(text.encode()) == expected + b".\r\n"
    assert data_of(data_of(text.encode())) == expected + b".\r\n"
