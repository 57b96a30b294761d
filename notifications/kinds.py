"""What the kinds of e-mails are: a name for people, whether it goes before others, and how long it is of use."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    label: str | Promise
    # Somebody waits for it before the screen.
    urgent: bool = False
    # After this time it would only puzzle whom it reaches: it expires, visibly.
    life: timedelta = timedelta(days=90)


KINDS: dict[str, Kind] = {
    # Its link is made when it is sent, so that however long it has waited it brings one that works.
    "account_created": Kind(_("Account created"), urgent=True),
    "account_activated": Kind(_("Account activated")),
    "account_locked": Kind(_("Account locked"), urgent=True, life=timedelta(days=7)),
    "account_unlocked": Kind(_("Account unlocked"), life=timedelta(days=7)),
    "account_disabled": Kind(_("Account disabled")),
    "account_enabled": Kind(_("Account enabled")),
    "email_changed": Kind(_("E-mail address changed")),
    "password_changed": Kind(_("Password changed")),
    "smtp_settings_changed": Kind(_("SMTP settings changed"), life=timedelta(days=7)),
    "password_reset": Kind(_("Password reset"), urgent=True, life=timedelta(days=1)),
    # One of the others, with made-up facts, that somebody has sent to themselves.
    "sample": Kind(_("Sample"), urgent=True, life=timedelta(days=1)),
}


def kind_of(name: str) -> Kind:
    """Another project may use names of its own without a row here."""
    return KINDS.get(name) or Kind(name)
