from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import mime
from notifications.mime import Content, Envelope

ENVELOPE = Envelope("Corp NOC", "noc@corp.example", "kari@corp.example", "<1@corp.example>")
CONTENT = Content("Subject", "text\n", "<p>html</p>\n")


def parse(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def assemble(content: Content = CONTENT, **changes: str) -> bytes:
    values = {name: getattr(ENVELOPE, name) for name in Envelope.__dataclass_fields__} | changes
    return mime.assemble(content, Envelope(**values))


def test_message_has_the_headers_of_a_machine_that_writes() -> None:
    parsed = parse(assemble())
    assert {name: parsed[name] for name in set(parsed.keys()) if name not in ("Date", "Content-Type")} == {
        "Subject": "Subject",
        "From": "Corp NOC <noc@corp.example>",
        "To": "kari@corp.example",
        "Message-ID": "<1@corp.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "en",
        "MIME-Version": "1.0",
    }
    assert parsed["Date"].datetime.utcoffset() is not None


def test_message_has_text_first_and_html_as_the_alternative() -> None:
    parsed = parse(assemble())
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().splitlines() for part in parsed.iter_parts()] == [["text"], ["<p>html</p>"]]


@pytest.mark.parametrize(
    "name",
    ["Corp, Inc.", 'The "NOC"', "back\\slash", "Müller, Hans", "a" * 190 + ", b", "ü, " * 60, "=?utf-8?q?x?=",
     "<a@b.c>", "مركز, العمليات", "😀" * 50],
)  # fmt: skip
def test_from_name_of_any_form_is_one_mailbox(name: str) -> None:
    raw = assemble(from_name=name)
    # The header parser of Python 3.11 puts spaces between encoded words; the older interface decodes them rightly.
    [(encoded, address)] = getaddresses([message_from_bytes(raw)["From"]])
    assert (str(make_header(decode_header(encoded))), address) == (" ".join(name.split()), "noc@corp.example")
    assert max(len(line) for line in raw.split(b"\r\n\r\n")[0].splitlines()) <= 998


def test_address_with_a_unicode_local_part_stays_as_it_is() -> None:
    raw = assemble(recipient="kåre@corp.example")
    assert "To: kåre@corp.example\r\n".encode() in raw


@pytest.mark.parametrize("field", ["recipient", "message_id", "language"])
def test_header_with_a_line_end_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="line end"):
        assemble(**{field: "a@b.example\r\nBcc: x@y.example"})


@settings(max_examples=200, deadline=None)
@given(
    subject=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300),
    body=st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=2000),
)
def test_any_content_comes_back_as_it_was(subject: str, body: str) -> None:
    raw = assemble(Content(subject, body, body))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert raw.isascii()
    parsed = parse(raw)
    assert " ".join(str(parsed["Subject"]).split()) == " ".join(subject.split())
    assert [part.get_content().replace("\r\n", "\n") for part in parsed.iter_parts()] == [body, body]


def test_lines_that_look_like_smtp_stay_in_the_body() -> None:
    body = ".\r\n..\nFrom here\n--=_x\nMAIL FROM:<a@b.c>\n"
    parsed = parse(assemble(Content("s", body, body)))
    assert next(iter(parsed.iter_parts())).get_content().splitlines() == body.splitlines()
