"""What may be wrong with a password, one row for each; none of the sentences quotes it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class PasswordRow:
    """`pattern` is read by the page's script too: only what Python and JavaScript understand alike."""

    code: str
    pattern: str
    sentence: Promise


# The first that fits says it best.
PASSWORD_ROWS = (
    PasswordRow(
        "groups",
        r"^\s*[A-Za-z]{4}\s[A-Za-z]{4}\s[A-Za-z]{4}\s[A-Za-z]{4}\s*$",
        gettext_lazy("The password looks like an application password shown in groups: enter it without the spaces."),
    ),
    PasswordRow(
        "surrounded",
        r"^[\s\u200b\u2060\ufeff]|[\s\u200b\u2060\ufeff]$",
        gettext_lazy("The password begins or ends with a space or a line end. Was it copied along with the password?"),
    ),
    PasswordRow(
        "invisible",
        r"\S.*[\u00a0\u00ad\u200b-\u200f\u202f\u2060\ufeff].*\S",
        gettext_lazy(
            "The password holds a character that cannot be seen, such as a non-breaking space. Type it instead of "
            "copying it."
        ),
    ),
    PasswordRow(
        "quoted",
        r"""^(["'“‘`]).*["'”’`]$""",
        gettext_lazy("The password stands between quotation marks. Do they belong to it?"),
    ),
)
