"""Each e-mail as somebody else's parser reads it (mailparse, in Rust): headers, both parts, links."""

import re

import pytest
from django.conf import settings as django_settings
from fast_mail_parser import PyMail, parse_email

from notifications import messages, mime
from notifications.samples import Sample, samples

pytestmark = pytest.mark.django_db

NAMES = [sample.name for sample in samples("en")]
FROM_NAME = 'Ålesund "Ops", Nät & 自動化'
GREETINGS = {"en": "Hello Kari Nordmann,", "de": "Guten Tag, Kari Nordmann!", "ar": "مرحبًا Kari Nordmann،"}
MESSAGE_ID = "<176382.4051@corp.example>"


@pytest.fixture(autouse=True)
def portal(settings) -> None:
    settings.PORTAL_URL = "https://portal.example/paragon"
    settings.PRODUCT_NAME = "Päragon & Söhne 自動化"
    settings.SUPPORT_CONTACT = "help@corp.example"


@pytest.fixture(params=GREETINGS)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=NAMES)
def sample(request: pytest.FixtureRequest, language: str) -> Sample:
    return next(one for one in samples(language) if one.name == request.param)


@pytest.fixture
def content(sample: Sample) -> mime.Content:
    return messages.render(sample.row, preview=True)


@pytest.fixture
def raw(content: mime.Content, sample: Sample, language: str) -> bytes:
    recipient = sample.row.recipient
    return mime.assemble(content, mime.Envelope(FROM_NAME, "noc@corp.example", recipient, MESSAGE_ID, language))


@pytest.fixture
def parsed(raw: bytes) -> PyMail:
    return parse_email(raw)


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_headers(parsed: PyMail, sample: Sample, content: mime.Content, language: str) -> None:
    assert parsed.warnings == []
    assert (parsed.from_.display_name, parsed.from_.address) == (FROM_NAME, "noc@corp.example")
    assert [(to.display_name, to.address) for to in parsed.to] == [(None, sample.row.recipient)]
    assert parsed.subject == content.subject
    assert parsed.date_parsed is not None
    once = {name: values for name, values in parsed.headers.items() if name not in ("From", "To", "Subject", "Date")}
    boundary = once.pop("Content-Type")
    assert boundary[0].startswith("multipart/alternative; boundary=")
    assert once == {
        "Message-ID": [MESSAGE_ID],
        "MIME-Version": ["1.0"],
        "Auto-Submitted": ["auto-generated"],
        "X-Auto-Response-Suppress": ["All"],
        "Content-Language": [language],
    }


def test_both_parts_say_what_was_rendered(parsed: PyMail, content: mime.Content) -> None:
    assert parsed.attachments == []
    [text], [html] = parsed.text_plain, parsed.text_html
    assert lines(text) == lines(content.text)
    assert lines(html) == lines(content.html)
    for part in (text, re.sub("&amp;", "&", html)):
        assert django_settings.PRODUCT_NAME in part
        assert "help@corp.example" in part
        assert not re.search(r"\{[{%#]|[%#}]\}|\bNone\b", part)


def test_the_text_greets_and_stands_alone(parsed: PyMail, language: str) -> None:
    [text] = parsed.text_plain
    assert text.startswith(GREETINGS[language])
    assert not re.search(r"</?[a-z]+[^@<>]*>", text), "no markup"
    assert "\n-- \n" in "\n".join(lines(text))


def test_links_are_the_same_in_both_parts_and_lead_to_the_portal(parsed: PyMail, sample: Sample) -> None:
    [text], [html] = parsed.text_plain, parsed.text_html
    in_text = set(re.findall(r"https?://\S+", text))
    assert in_text == set(re.findall(r'href="([^"]+)"', html))
    assert in_text == ({"https://portal.example/paragon/…"} if sample.row.facts.get("link") else set())


def test_html_loads_nothing_and_tells_its_direction(parsed: PyMail, language: str) -> None:
    [html] = parsed.text_html
    assert not re.search(r"<(img|link|script|iframe|object|form)\b|\burl\(|\bsrc=|@import", html)
    direction, side = ("rtl", "right") if language == "ar" else ("ltr", "left")
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert f'class="page" lang="{language}" dir="{direction}"' in html
    assert {one for one in re.findall(r' align="(\w+)"', html) if one != "center"} == {side}
    assert '<meta name="color-scheme" content="light dark">' in html
    assert re.search(r'mso-hide:all;[^>]*">\s*\S[^<]{20,}', html), "no preheader"


def test_lines_are_ascii_and_short(raw: bytes) -> None:
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_times_name_the_zone_of_the_reader(sample: Sample) -> None:
    sample.row.user.time_zone = "Asia/Tokyo"
    content = messages.render(sample.row, preview=True)
    for part in (content.text, content.html):
        times = re.findall(r"\d{1,2} \w+ \d{4}, \d\d:\d\d", part)
        assert all(f"{time} (Asia/Tokyo)" in part for time in times)
    assert bool(times) == (
        sample.row.kind in ("account_locked", "password_changed", "email_changed", "smtp_settings_changed")
    )
