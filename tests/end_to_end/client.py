"""A person at a plain browser without scripts: opens pages, fills in forms, keeps cookies. Knows nothing of Django."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass(slots=True)
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: dict[str, str] = field(default_factory=dict)  # what it says: where it sends the form


class Reader(HTMLParser):
    """Reads the forms of a page, with what a browser would send if nothing were changed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._inside: Form | None = None
        self._select = self._area = ""
        self._button: str | None = None  # inside of one: where it sends the form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(given.get("action", ""))
            self.forms.append(self._inside)
        form = self._inside
        if form is None:
            return
        if name := given.get("name", ""):
            form.names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
        elif tag == "button":
            self._button = given.get("formaction", form.action)
        elif tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            form.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._inside is None:
            return
        if self._button is not None and data.strip():
            self._inside.buttons[data.strip()] = self._button
        elif self._area:
            self._inside.fields[self._area] += data


@dataclass(slots=True)
class Page:
    status: int
    url: str
    source: str
    text: str
    forms: list[Form]

    def form(self, button: str) -> Form:
        for form in self.forms:
            if button in form.buttons:
                return form
        raise AssertionError(f"no button {button!r} on {self.url} ({self.status}):\n{self.text}")

    def __contains__(self, text: str) -> bool:
        return text in self.text


class Browser:
    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.cookies = CookieJar()
        # Straight to the server, whatever proxy this machine has.
        direct = urllib.request.ProxyHandler({})
        self._opener = urllib.request.build_opener(direct, urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> Page:
        return self._load(urllib.request.Request(urljoin(self.origin, path)))  # noqa: S310

    def press(self, page: Page, button: str, changes: Mapping[str, str | None] | None = None) -> Page:
        """Fill in the form with this button and press it; None stands for a box that is not ticked."""
        form = page.form(button)
        changes = changes or {}
        unknown = set(changes) - form.names
        assert not unknown, f"the form has no {unknown}, only {form.names}"
        fields = {name: value for name, value in (form.fields | dict(changes)).items() if value is not None}
        request = urllib.request.Request(urljoin(page.url, form.buttons[button]), urlencode(fields).encode())  # noqa: S310
        request.add_header("Origin", "{0.scheme}://{0.netloc}".format(urlsplit(page.url)))
        return self._load(request)

    def _load(self, request: urllib.request.Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            source = answer.read().decode()
            reader = Reader()
            reader.feed(source)
            return Page(answer.status or 0, answer.url, source, " ".join("".join(reader.text).split()), reader.forms)
