"""What the diagnosis says, in the language of whoever reads it; the sentences are made where a failure is known.

Evidence is quoted in them, so they are kept in every language of the portal; a title follows from its cause alone.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, override, to_locale

from notifications.diagnosis import CAUSES, told

ENGLISH = "en"


def title_of(cause: str) -> str:
    return gettext(CAUSES[cause].title) if cause in CAUSES else ""


def remedy_of(cause: str) -> str:
    """What to do about a cause of which nothing more is known; empty where the remedy is made of its facts."""
    remedy = CAUSES[cause].remedy if cause in CAUSES else ""
    return gettext(remedy) if remedy and "{" not in remedy else ""


def known_languages() -> tuple[str, ...]:
    """English, and those of the project's languages for which there is a catalogue: Django alone offers a hundred."""
    return (ENGLISH, *(code for code, _name in settings.LANGUAGES if code != ENGLISH and _has_catalogue(code)))


def _has_catalogue(language: str) -> bool:
    return any(Path(folder, to_locale(language)).is_dir() for folder in settings.LOCALE_PATHS)


def languages() -> Iterator[str]:
    """Each while it is the active one."""
    for code in known_languages():
        with override(code):
            yield code


def tell(text: str) -> str:
    return told(text, gettext)


def in_every_language(**texts: str) -> dict[str, dict[str, str]]:
    return {code: {name: tell(text) for name, text in texts.items()} for code in languages()}


def for_the_reader(kept: Mapping[str, Mapping[str, Any]] | None) -> Mapping[str, Any]:
    """What was kept in the reader's language; nothing where it is older than the language."""
    return (kept or {}).get(get_language() or ENGLISH, {})
