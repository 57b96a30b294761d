"""The local inbox, driven by SMTP and HTTP as its users would."""

import email.policy
import http.client
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from paragon_smtp.inbox.server import smtp_server, web_server
from paragon_smtp.inbox.store import Store
from tests.servers.processes import free_port


class Inbox:
    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.smtp_port = free_port()
        self.web_port = free_port()
        self.mail = smtp_server(self.store, self.smtp_port)
        self.web = web_server(self.store, self.web_port)

    def send(self, message: bytes, sender: str = "a@example.com", *to: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as client:
            client.sendmail(sender, to or ("b@example.com",), message)

    def get(self, path: str, method: str = "GET", host: str = "") -> tuple[int, str, http.client.HTTPMessage]:
        client = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=10)
        client.request(method, path, headers={"Host": host or f"127.0.0.1:{self.web_port}"})
        answer = client.getresponse()
        text = answer.read().decode(errors="replace")
        client.close()
        return answer.status, text, answer.headers


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path)
    inbox.mail.start()
    thread = threading.Thread(target=inbox.web.serve_forever, args=(0.02,))
    thread.start()
    yield inbox
    inbox.mail.stop()
    inbox.web.shutdown()
    thread.join()
    inbox.web.server_close()


def message(subject: str = "Hello", text: str = "see https://portal.example.com/x?a=1&b=2\n", html: str = "") -> bytes:
    result = EmailMessage()
    result["From"], result["To"], result["Subject"] = "Paragon <a@example.com>", "b@example.com", subject
    result.set_content(text)
    if html:
        result.add_alternative(html, subtype="html")
    return result.as_bytes(policy=email.policy.SMTP)


def test_an_empty_inbox_says_so(inbox: Inbox) -> None:
    status, text, _ = inbox.get("/")
    assert status == 200
    assert "Nothing has arrived yet." in text


def test_a_message_is_kept_with_its_envelope_for_its_owner_alone(inbox: Inbox) -> None:
    inbox.send(message(), "a@example.com", "b@example.com", "c@example.com")
    (name,) = inbox.store.names()
    path = inbox.store.folder / name
    assert path.read_bytes() == (
        b"Return-Path: <a@example.com>\r\nDelivered-To: b@example.com\r\nDelivered-To: c@example.com\r\n" + message()
    )
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_newest_message_is_listed_first(inbox: Inbox) -> None:
    inbox.send(message("first"))
    inbox.send(message("second"))
    _, text, _ = inbox.get("/")
    assert 0 < text.index(">second</a>") < text.index(">first</a>")


def test_a_message_shows_its_text_with_links_its_html_in_a_frame_and_its_source(inbox: Inbox) -> None:
    inbox.send(
        message(html='<html><head><title>x</title></head><body><a href="https://x.example">go</a></body></html>')
    )
    (name,) = inbox.store.names()
    status, text, headers = inbox.get(f"/messages/{name}")
    assert status == 200
    assert '<a href="https://portal.example.com/x?a=1&amp;b=2" rel="nofollow">' in text
    assert f'<iframe src="{name}/html"' in text
    assert "sandbox=" in text
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    status, text, headers = inbox.get(f"/messages/{name}/html")
    assert status == 200
    assert '<head><base target="_blank"><title>' in text
    assert headers["Content-Security-Policy"] == (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        "img-src data:; frame-ancestors 'self'"
    )
    status, text, headers = inbox.get(f"/messages/{name}/source")
    assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert text == (inbox.store.folder / name).read_bytes().decode()


def test_what_a_message_holds_is_never_taken_for_markup(inbox: Inbox) -> None:
    inbox.send(message("<script>alert(1)</script>", "<script>alert(2)</script>"))
    (name,) = inbox.store.names()
    for path in ("/", f"/messages/{name}"):
        _, text, _ = inbox.get(path)
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize(
    "source",
    [
        b"\r\n",
        b"no header at all",
        b"Subject: =?utf-8?b?////?=\r\nTo: \xff\xfe\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=no-such\r\n\r\nx",
        b"Content-Type: multipart/alternative\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\nContent-Type: text/html\r\n\r\n!!!",
        b"From: @@@<>,;:\r\nSubject: \x00\x01\r\n\r\n\x00",
        b"Content-Type: message/rfc822\r\n\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 50,
    ],
)
def test_a_hostile_message_can_be_looked_at(inbox: Inbox, source: bytes) -> None:
    inbox.store.keep("a@example.com", ["b@example.com"], source)
    (name,) = inbox.store.names()
    for path in ("/", f"/messages/{name}", f"/messages/{name}/html", f"/messages/{name}/source"):
        assert inbox.get(path)[0] == 200


@pytest.mark.parametrize("path", ["/messages/x", "/messages/../secret_key", "/messages/..%2Fsecret_key/source", "/x"])
def test_nothing_else_can_be_read(inbox: Inbox, path: str) -> None:
    (inbox.store.folder.parent / "secret_key").write_text("secret")
    assert inbox.get(path)[:2] == (404, "There is no such message.")


def test_it_can_only_be_read(inbox: Inbox) -> None:
    assert inbox.get("/", "POST")[0] == 405
    assert inbox.get("/", "HEAD")[:2] == (200, "")


def test_another_site_cannot_read_it_by_giving_its_name_this_address(inbox: Inbox) -> None:
    assert inbox.get("/", host="attacker.example")[0] == 421
    assert inbox.get("/", host="localhost:8025")[0] == 200


def test_a_large_message_is_refused(inbox: Inbox) -> None:
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as raised:
        inbox.send(b"x" * (26 * 1024 * 1024))
    assert raised.value.smtp_code == 552
    assert inbox.store.names() == []


def test_unicode_addresses_arrive(inbox: Inbox) -> None:
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port) as client:
        client.ehlo()
        client.sendmail("jürgen@example.com", ["zoë@example.com"], message(), ["SMTPUTF8"])
    _, text, _ = inbox.get("/")
    assert "zoë@example.com" in text
    assert inbox.get(f"/messages/{quote(inbox.store.names()[0])}")[0] == 200
