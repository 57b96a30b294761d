"""What looks wrong in what was entered, though it may be right: said before a server is blamed, never a refusal.

A hint changes no value and quotes no password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Field
from django.utils.translation import gettext as _

from settings_app.hints.passwords import PASSWORD_ROWS as PASSWORD_ROWS
from settings_app.hints.rows import ROWS
from settings_app.models import SMTPSettings
from settings_app.providers import provider_of


@dataclass(frozen=True, slots=True)
class Hint:
    """`causes`: beginnings of the codes that it may explain."""

    field: str
    sentence: str
    causes: tuple[str, ...]

    @property
    def label(self) -> str:
        field = None if self.field == "password" else SMTPSettings._meta.get_field(self.field)
        return str(field.verbose_name) if isinstance(field, Field) else _("Password")

    def explains(self, cause: str) -> bool:
        return cause.startswith(self.causes)

    def __str__(self) -> str:
        return f"{self.label}: {self.sentence}"


def hints_of(entered: SMTPSettings, password: str = "") -> tuple[Hint, ...]:
    """Every hint that fits, in the order of the rows; of the password only where it is at hand."""
    provider = provider_of(entered.server_address, entered.username)
    found = ((row, row.find(entered, provider)) for row in ROWS)
    return (
        *(Hint(row.field, sentence, row.causes) for row, sentence in found if sentence),
        *(_of_password(password) if entered.authentication else ()),
    )


def _of_password(password: str) -> Iterator[Hint]:
    fitting = (row for row in PASSWORD_ROWS if re.search(row.pattern, password, re.DOTALL))
    if row := next(fitting, None):
        yield Hint("password", str(row.sentence), ("authenticate.",))
