"""Every word of every page is translated: seen by what stays plain in a language where all letters wear an accent."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.http import HttpResponse

from notifications import queue
from notifications.diagnosis import diagnosis_of
from tests.languages import pseudo
from tests.notifications.conftest import save_settings
from tests.security import site

# What is no word of ours: data of the example, and what is called so in every language.
DATA = {
    "Ulla",
    "Otto",
    "Adele",
    "Subject",
    "people",
    "settings",  # what a deed was done to, as the audit trail stores it
    "csv",
    "Paragon",
    "Automation",
    "portal",
    "example",
    "corp",
    "com",
    "Deutsch",
    "English",
}
NAMES = {"TLS", "SMTP", "STARTTLS", "JSON", "CSV", "EHLO", "HTML", "UTC", "SHA", "PEM", "UTF", "BEGIN", "CERTIFICATE"}
# Elements whose content is not ours: codes, addresses, and languages in their own words.
FOREIGN = {"script", "style", "title", "pre", "code", "bdi", "option", "svg", "time"}
E_MAILS = {"notifications:sample-html", "notifications:preview-html"}  # in their own reader's language
OF_DATA = {"ltr", "mono", "code", "brand", "values"}
SPOKEN = {"title", "aria-label", "placeholder", "alt", "data-dirty", "data-filled", "data-copied"}
NO_WORDS = re.compile(r"\S+[@/]\S+|\S+\.(?:com|example)\b|celery -A \S+ \S+(?: --queues \S+)?")
WORD = re.compile(r"[A-Za-z]{3,}")


class Plain(HTMLParser):
    """Collects the plain words of a page."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "use", "path", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.words: set[str] = set()
        self._within: list[bool] = []  # for each open element, whether it is foreign

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name in SPOKEN & given.keys():
            self._hear(given[name])
        if tag not in self.VOID:
            classes = given.get("class", "").split()
            elsewhere = given.get("lang", pseudo.CODE) != pseudo.CODE
            self._within.append(elsewhere or tag in FOREIGN or bool(OF_DATA & set(classes)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self._within:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._within):
            self._hear(data)

    def _hear(self, text: str) -> None:
        self.words |= {word for word in WORD.findall(NO_WORDS.sub("", text)) if word not in DATA | NAMES}


@pytest.fixture
def accented(settings: LazySettings, tmp_path: Path) -> None:
    pseudo.write(tmp_path)
    settings.LANGUAGES = [*settings.LANGUAGES, (pseudo.CODE, "Áććéñŧéđ")]
    settings.LOCALE_PATHS = [tmp_path]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.django_db
@pytest.mark.usefixtures("accented")
def test_no_word_of_any_page_was_forgotten() -> None:
    save_settings(25, use_tls=False)
    people, things = site.people(), site.things()
    queue.hold(diagnosis_of("connect.refused", address="mail.corp.example", port="25"))
    reader = people["administrator"]
    reader.language = pseudo.CODE
    reader.save()
    forgotten = {}
    for role in ("nobody", "administrator"):
        for route in site.routes():
            client = site.signed_in(people[role])  # anew: one of them signs out
            # An empty form is answered with what is wrong in it.
            for method in () if route.name in E_MAILS else (client.get, client.post):
                with transaction.atomic():
                    response = method(route.filled(things), follow=True, headers={"accept-language": pseudo.CODE})
                    transaction.set_rollback(True)
                if response.headers.get("Content-Type", "").startswith("text/html") and (words := plain(response)):
                    forgotten[role, method.__name__, route.path] = sorted(words)
    assert "\n".join(f"{where}: {words}" for where, words in forgotten.items()) == ""


def plain(response: HttpResponse) -> set[str]:
    page = Plain()
    text = response.content.decode().replace("<wbr>", "")
    assert "\x02" not in text  # a mark of `moments.py` that nobody has filled in
    page.feed(text)
    return page.words
