"""What can be done to somebody's account on the Users pages: one entry for each button.

The lifecycle decides whether a deed is possible; what stands here is what people read before and after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import lifecycle
from accounts.models import LockReason, State, User

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Deed:
    name: str  # in the address
    label: Text
    perform: Callable[[User, User], Any]  # False when nothing was left to do
    done: Text
    states: frozenset[str]  # where the button is shown
    # What people are told before: of several accounts always, of one where the deed is hard to take back and so asks.
    follows: tuple[Text, ...]
    question: Text = ""

    @property
    def asks(self) -> bool:
        return bool(self.question)

    @property
    def route(self) -> str:
        return f"accounts:user-{self.name}"


def _lock(user: User, actor: User) -> bool:
    return lifecycle.lock(user, reason=LockReason.ADMINISTRATOR, actor=actor)


def _activate(user: User, actor: User) -> bool:
    return lifecycle.activate(user, actor=actor)


_DEEDS = (
    Deed(
        "activate",
        _("Activate"),
        _activate,
        _("%(user)s is active. They set their first password with “Forgotten your password?” on the sign-in page."),
        frozenset({State.PENDING}),
        (
            _("They can sign in as soon as they have a password, and are told by e-mail."),
            _("They set their first password with “Forgotten your password?” on the sign-in page."),
        ),
    ),
    Deed(
        "send-link",
        _("Send the link again"),
        lifecycle.send_link_again,
        _("A new activation link is on its way to %(email)s; earlier links no longer work."),
        frozenset({State.PENDING}),
        (_("They get a new e-mail; links that were sent before no longer work."),),
    ),
    Deed(
        "unlock",
        _("Unlock"),
        lifecycle.unlock,
        _("%(user)s is unlocked and can sign in again."),
        frozenset({State.LOCKED}),
        (_("They can sign in again, and are told by e-mail."),),
    ),
    Deed(
        "lock",
        _("Lock"),
        _lock,
        _("%(user)s is locked until somebody unlocks the account."),
        frozenset({State.ACTIVE}),
        (
            _("They are signed out everywhere, and cannot sign in until somebody unlocks the account."),
            _("They are told by e-mail."),
        ),
    ),
    Deed(
        "enable",
        _("Enable"),
        lifecycle.enable,
        _("%(user)s is enabled."),
        frozenset({State.DISABLED}),
        (
            _("They can sign in again, and are told by e-mail."),
            _("Who was not activated before gets a new activation link."),
        ),
    ),
    Deed(
        "disable",
        _("Disable"),
        lifecycle.disable,
        _("%(user)s is disabled and cannot sign in."),
        frozenset({State.PENDING, State.ACTIVE, State.LOCKED}),
        (
            _("They are signed out everywhere and cannot sign in; they are told by e-mail."),
            _("Links that were sent to them do not work while the account is disabled."),
            _("Nothing is deleted: you can enable the account again."),
        ),
        _("Disable %(user)s?"),
    ),
    Deed(
        "delete",
        _("Delete"),
        lifecycle.delete,
        _("%(user)s is deleted."),
        frozenset(State.values),
        (
            _("The account and its notifications are deleted for good; messages that still wait are not sent."),
            _("The audit trail keeps what was done by them and to them."),
            _("The address can be used for a new account."),
        ),
        _("Delete %(user)s?"),
    ),
)
DEEDS = {deed.name: deed for deed in _DEEDS}


def deeds_for(user: User) -> list[Deed]:
    return [deed for deed in _DEEDS if user.state in deed.states]
