"""A language in which every letter of what is translated wears an accent: what is still plain was forgotten."""

import re
from collections.abc import Iterator
from pathlib import Path

import django
import polib

from paragon_smtp.environment import BASE_DIR

CODE = "xx"
_KEPT = re.compile(r"%\(\w+\)\w*[sdX]|%[sd]|\{\w+\}|<[^>]+>|&\w+;")
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = str.maketrans(_PLAIN, "áƀćđéƒğħíĵķłɱñóƥɋřšŧúṽŵẋýžÁɃĆĐÉƑĞĦÍĴĶŁṀÑÓƤɊŘŠŦÚṼŴẊÝŽ")


def accented(text: str) -> str:
    """The text in the language, with what is filled in and the markup left as they are."""
    kept = _KEPT.findall(text)
    parts = [part.translate(_ACCENTED) for part in _KEPT.split(text)]
    return "".join(one for pair in zip(parts, [*kept, ""], strict=True) for one in pair)


def write(folder: Path) -> None:
    """A catalogue of the language, of our own strings and of Django's."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    seen = set()
    for entry in _entries():
        key = (entry.msgctxt, entry.msgid)
        if key not in seen and entry.msgctxt != "in an e-mail":
            seen.add(key)
            catalogue.append(_translated(entry))
    target = folder / CODE / "LC_MESSAGES"
    target.mkdir(parents=True)
    catalogue.save_as_mofile(str(target / "django.mo"))


def _entries() -> Iterator[polib.POEntry]:
    yield from polib.pofile(BASE_DIR / "locale" / "de" / "LC_MESSAGES" / "django.po")
    for path in Path(django.__file__).parent.rglob("locale/en/LC_MESSAGES/django.po"):
        yield from polib.pofile(path)


def _translated(entry: polib.POEntry) -> polib.POEntry:
    if entry.msgid_plural:
        forms = {0: accented(entry.msgid), 1: accented(entry.msgid_plural)}
        return polib.POEntry(
            msgid=entry.msgid, msgid_plural=entry.msgid_plural, msgstr_plural=forms, msgctxt=entry.msgctxt
        )
    return polib.POEntry(msgid=entry.msgid, msgstr=accented(entry.msgid), msgctxt=entry.msgctxt)
