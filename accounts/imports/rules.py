"""From the cells of a row to a newcomer, or to the sentences that say what is wrong with it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import CharField
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from accounts.creation import Newcomer
from accounts.fields import known_time_zones, normalise_email
from accounts.imports.reading import Row
from accounts.models import User, default_time_zone
from accounts.roles import Role, roles_granted_by

ROLES = {
    "": Role.USER,
    "user": Role.USER,
    "operator": Role.OPERATOR,
    "administrator": Role.ADMINISTRATOR,
    "admin": Role.ADMINISTRATOR,
}


class Refused(Exception):
    """The row cannot be added; the message says everything that has to be mended in it."""


class Rules:
    """For one file: what the person who imports it may give, and which addresses it has named already."""

    def __init__(self, actor: User | None) -> None:
        self._granted = set(Role if actor is None else roles_granted_by(actor))
        # Hashes rather than addresses: a file of 100,000 rows is checked in a few megabytes.
        self._line_of: dict[int, int] = {}

    def newcomer(self, row: Row, values: Mapping[str, str]) -> Newcomer:
        if row.fault:
            raise Refused(row.fault)
        faults: list[str] = []

        def tried(rule: Any, value: str) -> Any:
            try:
                return rule(value)
            except ValidationError as error:
                faults.extend(map(str, error.messages))
                return ""

        newcomer = Newcomer(
            email=tried(_email, values.get("email", "")),
            name=tried(_name, _full_name(values)),
            role=tried(self._role, values.get("role", "")),
            language=tried(_language, values.get("language", "")),
            time_zone=tried(_time_zone, values.get("time_zone", "")),
        )
        if newcomer.email:
            earlier = self._line_of.setdefault(hash(newcomer.email), row.line)
            if earlier != row.line:
                faults.insert(0, _("Line %d has the same address.") % earlier)
        if faults:
            raise Refused(" ".join(faults))
        return newcomer

    def _role(self, text: str) -> Role:
        role = ROLES.get(text.casefold()) or _role_by_label(text)
        if role is None:
            raise ValidationError(_("The role “%s” is not known: write user, operator or administrator.") % text)
        if role not in self._granted:
            raise ValidationError(_("Only an administrator can make somebody an administrator."))
        return role


def _email(text: str) -> str:
    if not text:
        raise ValidationError(_("There is no e-mail address."))
    return _cleaned("email", normalise_email(text))


def _name(text: str) -> str:
    return _cleaned("name", text)


def _cleaned(name: str, text: str) -> str:
    """By the model's own rules; what Django says of the length names no field."""
    field = User._meta.get_field(name)
    assert isinstance(field, CharField)  # noqa: S101  for mypy
    if field.max_length and len(text) > field.max_length:
        limit = {"field": field.verbose_name, "most": field.max_length}
        raise ValidationError(_("The %(field)s has more than %(most)d characters.") % limit)
    return str(field.clean(text, None))


def _full_name(values: Mapping[str, str]) -> str:
    parts = (values.get("given_name", ""), values.get("family_name", ""))
    return values.get("name", "") or " ".join(filter(None, parts))


def _role_by_label(text: str) -> Role | None:
    """As the pages show it, in the language of the person who imports."""
    return next((role for role in Role if str(role.label).casefold() == text.casefold()), None)


def _language(text: str) -> str:
    return _cleaned("language", _supported(text.replace("_", "-").lower()) if text else settings.LANGUAGE_CODE)


@cache
def _supported(code: str) -> str:
    """The language that serves for it: de for de-AT."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return code


def _time_zone(text: str) -> str:
    return _cleaned("time_zone", _zones().get(text.casefold(), text) if text else default_time_zone())


@cache
def _zones() -> dict[str, str]:
    return {zone.casefold(): zone for zone in known_time_zones()}
