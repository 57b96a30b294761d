import contextlib
import io
import smtplib
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.smtp import Reply
from notifications.smtp.failure import Garbled
from notifications.smtp.protocol import Extensions, ReplyParser, queue_id_of
from notifications.smtp.text import MASK, Scrubber


def parsed(data: bytes) -> list[Reply]:
    parser = ReplyParser()
    parser.feed(data)
    return list(iter(parser.take, None))


def test_a_reply_of_several_lines_is_one_reply_with_its_enhanced_code_taken_off() -> None:
    assert parsed(b"550-5.1.1 no such\r\n550 5.1.1 user\r\n") == [Reply(550, "5.1.1", "no such\nuser")]


def test_two_replies_that_come_together_stay_apart() -> None:
    assert parsed(b"250 ok\r\n354 go\r\n") == [Reply(250, None, "ok"), Reply(354, None, "go")]


def test_an_enhanced_code_that_contradicts_the_code_is_text() -> None:
    assert parsed(b"250 5.1.1 odd\r\n") == [Reply(250, None, "5.1.1 odd")]


def test_a_bare_code_and_a_bare_line_feed_are_accepted() -> None:
    assert parsed(b"250\n") == [Reply(250, None, "")]


def test_control_and_direction_characters_become_visible() -> None:
    assert parsed("550 \x1b[31mred\u202e\r\n".encode()) == [Reply(550, None, "\\x1b[31mred\\u202e")]


@pytest.mark.parametrize(
    ("data", "spoke"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH"),
        (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "IMAP"),
        (b"+OK POP3 ready\r\n", "POP3"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "TLS"),
        (b"J\x00\x00\x00\n8.0.36\x00", "MySQL"),
        (b"\x00\x00\x00\x00", ""),
        (b"hello there\r\n", ""),
    ],
)
def test_what_is_no_reply_is_recognised(data: bytes, spoke: str) -> None:
    with pytest.raises(Garbled) as caught:
        parsed(data)
    assert caught.value.spoke == spoke


@pytest.mark.parametrize(
    "data",
    [
        b"250" + b"-x" * 5000,
        b"250-x\r\n" * 1000,
        b"250-a\r\n550 b\r\n",
        b"999 what\r\n",
        b"250-" + b"x" * 5000 + b"\r\n",
    ],
)
def test_a_reply_without_bounds_or_sense_is_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parsed(data)


def test_what_was_hidden_stays_hidden_in_any_form() -> None:
    scrub = Scrubber()
    scrub.hide([b"Secret-1234"])
    parser = ReplyParser(scrub)
    parser.feed(b"535 no Secret-1234 nor U2VjcmV0LTEyMzQ=\r\n")
    assert parser.take() == Reply(535, None, f"no {MASK} nor {MASK}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_arbitrary_bytes_end_in_replies_or_in_garbled(chunks: list[bytes]) -> None:
    parser = ReplyParser()
    with contextlib.suppress(Garbled):
        for chunk in chunks:
            parser.feed(chunk)
            while reply := parser.take():
                assert 200 <= reply.code <= 599
                assert reply.text.replace("\n", "").isprintable()


@settings(max_examples=100, deadline=None)
@given(
    st.integers(200, 559),
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30), min_size=1, max_size=4),
    st.integers(1, 7),
)
def test_replies_are_read_as_smtplib_reads_them(code: int, lines: list[str], size: int) -> None:
    """However the bytes are cut into pieces."""
    wire = b"".join(
        f"{code}{' ' if number == len(lines) else '-'}{line}\r\n".encode() for number, line in enumerate(lines, 1)
    )
    oracle = smtplib.SMTP()
    oracle.sock = socket.socket()
    oracle.file = io.BytesIO(wire)
    expected_code, expected = oracle.getreply()
    oracle.sock.close()
    parser = ReplyParser()
    for start in range(0, len(wire), size):
        parser.feed(wire[start : start + size])
    reply = parser.take()
    assert reply is not None
    text = [line.removeprefix(reply.enhanced or "").strip() for line in expected.decode().split("\n")]
    assert (reply.code, [line.strip() for line in reply.text.split("\n")]) == (expected_code, text)


def test_extensions_are_read_from_ehlo_with_the_old_form_of_auth() -> None:
    reply = Reply(250, None, "mail.test\nSIZE 1000\nauth=LOGIN\nAUTH PLAIN LOGIN\nSTARTTLS")
    extensions = Extensions.of(reply)
    assert extensions.names == ("AUTH", "SIZE", "STARTTLS")
    assert extensions.mechanisms == ("LOGIN", "PLAIN")


@pytest.mark.parametrize(
    ("text", "queue_id"),
    [
        ("Ok: queued as 4XyZ12", "4XyZ12"),
        ("OK id=1abcDE-0001-AB", "1abcDE-0001-AB"),
        ("<a@b> [InternalId=1234567, Hostname=x] Queued mail for delivery", "1234567"),
        ("3AMHX1 Message accepted for delivery", "3AMHX1"),
        ("OK 1700000000 a1-20020a05 - gsmtp", "1700000000 a1-20020a05"),
        ("Ok 0100018bd9e4a1b2-1234-000000", "0100018bd9e4a1b2-1234-000000"),
        ("ok 1700000000 qp 12345", "1700000000 qp 12345"),
        ("Message Queued (1A2B-3C)", "1A2B-3C"),
        ("OK", None),
    ],
)
def test_the_queue_id_is_found(text: str, queue_id: str | None) -> None:
    assert queue_id_of(Reply(250, None, text)) == queue_id


def test_a_reply_that_was_said_before_is_read_again_when_more_is_hidden() -> None:
    scrub = Scrubber()
    parser = ReplyParser(scrub)
    for hidden, shown in ((b"", "for hunter22"), (b"hunter22", "for ********"), (b"", "for ********")):
        scrub.hide([hidden])
        for _ in range(2):
            parser.feed(b"250 2.1.5 for hunter22\r\n250-for\r\n250 2.1.5 for hunter22\r\n")
            assert parser.take() == Reply(250, "2.1.5", shown)
            assert parser.take() == Reply(250, None, f"for\n2.1.5 {shown}")
