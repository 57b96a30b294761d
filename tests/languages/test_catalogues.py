"""Each language is complete: nothing untranslated, unsure or stale, and what is filled in is the same."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.conf import settings

from paragon_smtp.environment import BASE_DIR
from tests.servers.need import need

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
SOURCES = ("paragon_smtp", "audit", "accounts", "settings_app", "notifications", "templates", "locale")
PLACEHOLDER = re.compile(r"%\(\w+\)\w*[sdX]|%[sd]|\{\w+\}")
TAG = re.compile(r"<[^>]+>")


def path_of(language: str, kind: str = "po", root: Path = BASE_DIR) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / f"django.{kind}"


def key_of(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return (entry.msgctxt, entry.msgid, entry.msgid_plural)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def catalogue(language: str) -> polib.POFile:
    return polib.pofile(path_of(language))


def test_every_language_has_a_catalogue_and_every_catalogue_is_a_language() -> None:
    assert sorted(folder.name for folder in (BASE_DIR / "locale").iterdir()) == sorted(LANGUAGES)


def test_everything_is_translated_for_certain(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_what_is_filled_in_is_the_same(catalogue: polib.POFile) -> None:
    """In a plural, forms that stand for one number alone may leave it out: the last stands for many."""
    for entry in catalogue:
        original = entry.msgid_plural or entry.msgid
        translated = entry.msgstr_plural[max(entry.msgstr_plural)] if entry.msgid_plural else entry.msgstr
        for pattern in (PLACEHOLDER, TAG):
            assert Counter(pattern.findall(translated)) == Counter(pattern.findall(original)), translated
        known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for form in entry.msgstr_plural.values():
            assert known.issuperset(PLACEHOLDER.findall(form)), form


def test_spaces_at_the_ends_stay(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for form in entry.msgstr_plural.values() or [entry.msgstr]:
            ends = [(text[0].isspace(), text[-1].isspace()) for text in (entry.msgid, form)]
            assert ends[0] == ends[1], form


def test_compiled_form_is_the_one_of_the_text(catalogue: polib.POFile, language: str) -> None:
    compiled = polib.mofile(path_of(language, "mo"))

    assert {key_of(entry): (entry.msgstr, entry.msgstr_plural) for entry in compiled} == {
        key_of(entry): (entry.msgstr, entry.msgstr_plural) for entry in catalogue
    }, "make messages"


def test_catalogues_hold_what_the_code_says_and_nothing_else(tmp_path: Path) -> None:
    need(shutil.which("xgettext"), "GNU gettext (Debian: gettext)")
    for name in SOURCES:
        shutil.copytree(BASE_DIR / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(BASE_DIR / "manage.py", tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "--all", "--no-location", "--no-obsolete"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    for language in LANGUAGES:
        extracted = {key_of(entry) for entry in polib.pofile(path_of(language, root=tmp_path))}
        held = {key_of(entry) for entry in polib.pofile(path_of(language))}
        assert (extracted - held, held - extracted) == (set(), set()), "make messages, then translate"
