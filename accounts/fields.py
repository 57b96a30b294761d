"""The address of an account in one spelling, for storing and for looking up, and what its other fields may hold."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.addresses import validate_address

# Embeddings and overrides reorder the text around them, which lets a name pose as another one; the plain marks that
# right-to-left scripts need do not.
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, line separators and lone surrogates: each breaks a header, a log line or the database's encoding.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def normalise_email(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).lower()


def validate_name(text: str) -> None:
    for character in text:
        if character in REORDERING or unicodedata.category(character) in REFUSED_CATEGORIES:
            raise ValidationError(
                _("The name holds a character that cannot be shown (U+%(code)s). Remove it."),
                code="character",
                params={"code": f"{ord(character):04X}"},
            )


def is_language(code: str) -> bool:
    return code in dict(settings.LANGUAGES)


def validate_language(code: str) -> None:
    if not is_language(code):
        raise ValidationError(
            _("“%(code)s” is not a language of this portal. Choose one of: %(known)s."),
            code="language",
            params={"code": code, "known": ", ".join(dict(settings.LANGUAGES))},
        )


@cache
def known_time_zones() -> frozenset[str]:
    """All that the data has, read once: looking through its folders takes 20 ms."""
    return frozenset(available_timezones())


@cache
def time_zones() -> tuple[str, ...]:
    """The zones that people choose from: places, and UTC; not the data's files and its old names."""
    places = (zone for zone in known_time_zones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return ("UTC", *sorted(places))


def validate_time_zone(name: str) -> None:
    if name not in known_time_zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Enter one such as Europe/Berlin."),
            code="time_zone",
            params={"name": name},
        )


class AddressFormField(forms.EmailField):
    """Validates what will be stored: the small letters of an odd capital may be no address any more."""

    default_validators = [validate_address]

    def to_python(self, value: Any) -> Any:
        return normalise_email(super().to_python(value) or "")


if TYPE_CHECKING:
    EmailField = models.EmailField[str, str]
else:
    EmailField = models.EmailField


class AddressField(EmailField):
    """An address in its one spelling, whoever asks: `get(email="Ann@Example.com")` finds ann@example.com."""

    default_validators = [validate_address]

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return normalise_email(value) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = normalise_email(super().pre_save(model_instance, add) or "")
        setattr(model_instance, self.attname, value)
        return value


if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


def searchable(text: str) -> str:
    """A text as it is looked for: no difference between capitals and small letters, in any script."""
    return unicodedata.normalize("NFC", text).casefold()


class SearchField(TextField):
    """Name and address in one column: a database compares capitals of other scripts than its own wrongly or slowly."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002  Django's signature
        value = searchable(f"{model_instance.name} {normalise_email(model_instance.email)}")  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, value)
        return value
