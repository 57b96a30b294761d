"""`manage.py makemessages`: Django's own, which also finds the sentences of those rows of data that people read.

What the catalogue of causes and the providers say is data, not calls of gettext: it is translated where it is shown.
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

from notifications.diagnosis import CAUSES
from settings_app.providers import PROVIDERS

# A template of facts alone has nothing to be translated.
WORDS = re.compile(r"(?<![{\w])\w+(?![}\w])")


class Command(makemessages.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.rows = Path(folder, "rows.py")
            calls = (f"gettext_noop({text!r})\n" for text in dict.fromkeys(sentences()) if WORDS.search(text))
            self.rows.write_text("".join(calls), encoding="utf-8")
            super().handle(*args, **options)

    def find_files(self, root: str) -> list[Any]:
        locale = self.default_locale_path
        rows = self.translatable_file_class(str(self.rows.parent), self.rows.name, locale)
        return [*super().find_files(root), rows]


def sentences() -> Iterator[str]:
    for cause in CAUSES.values():
        yield from (cause.title, cause.explanation, cause.remedy)
    for one in PROVIDERS:
        yield from filter(None, (one.username, one.credential, one.limits, one.sender, one.note))
