"""The inbox's pages: a list, a message, its HTML in a frame that may do nothing, its source. They only read.

A WSGI application of its own, on a port of its own and without the portal's cookies: what strangers wrote must not be
shown under the portal's origin.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from django.template.loader import render_to_string

from paragon_smtp.inbox.store import Store

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
# Links open in a tab of their own; nothing else of a message comes to life.
MESSAGE_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
SHOWN = 200
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Pages:
    def __init__(self, store: Store) -> None:
        self.store = store

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, kind, policy, content = self.answer(environ)
        start_response(
            status,
            [
                ("Content-Type", f"{kind}; charset=utf-8"),
                ("Content-Length", str(len(content))),
                ("Content-Security-Policy", policy),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
                ("Cache-Control", "no-store"),
            ],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def answer(self, environ: dict[str, Any]) -> tuple[str, str, str, bytes]:
        # Another site's page could give its name this machine's address and then read the messages.
        if re.sub(r":\d*$", "", environ.get("HTTP_HOST", "")) not in LOOPBACK_NAMES:
            return text("421 Misdirected Request", "The inbox answers under 127.0.0.1 and localhost only.")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return text("405 Method Not Allowed", "The inbox can only be read.")
        match unquote(environ.get("PATH_INFO", "/")).strip("/").split("/"):
            case [""]:
                letters = [letter for name in self.store.names()[:SHOWN] if (letter := self.store.letter(name))]
                return page("inbox/list.html", {"letters": letters})
            case ["messages", name] if letter := self.store.letter(name):
                return page("inbox/message.html", {"letter": letter})
            case ["messages", name, "html"] if letter := self.store.letter(name):
                return "200 OK", "text/html", MESSAGE_POLICY, links_in_new_tabs(letter.html).encode(errors="replace")
            case ["messages", name, "source"] if (source := self.store.source(name)) is not None:
                return "200 OK", "text/plain", PAGE_POLICY, source
        return text("404 Not Found", "There is no such message.")


def page(template: str, context: dict[str, Any]) -> tuple[str, str, str, bytes]:
    return "200 OK", "text/html", PAGE_POLICY, render_to_string(template, context).encode(errors="replace")


def text(status: str, sentence: str) -> tuple[str, str, str, bytes]:
    return status, "text/plain", PAGE_POLICY, sentence.encode()


def links_in_new_tabs(html: str) -> str:
    return re.sub(r"<head\b[^>]*>", lambda head: f'{head[0]}<base target="_blank">', html, count=1, flags=re.IGNORECASE)
