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
    # A deed that is hard to take back has a page that says what follows.
    question: Text = ""
    follows: tuple[Text, ...] = ()

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
    ),
    Deed(
        "send-link",
        _("Send the link again"),
        lifecycle.send_link_again,
        _("A new activation link is on its way to %(email)s; earlier links no longer work."),
        frozenset({State.PENDING}),
    ),
    Deed(
        "unlock",
        _("Unlock"),
        lifecycle.unlock,
        _("%(user)s is unlocked and can sign in again."),
        frozenset({State.LOCKED}),
    ),
    Deed(
        "lock",
        _("Lock"),
        _lock,
        _("%(user)s is locked until somebody unlocks the account."),
        frozenset({State.ACTIVE}),
    ),
    Deed(
        "enable",
        _("Enable"),
        lifecycle.enable,
        _("%(user)s is enabled."),
        frozenset({State.DISABLED}),
    ),
    Deed(
        "disable",
        _("Disable"),
        lifecycle.disable,
        _("%(user)s is disabled and cannot sign in."),
        frozenset({State.PENDING, State.ACTIVE, State.LOCKED}),
        _("Disable %(user)s?"),
        (
            _("They are signed out everywhere and cannot sign in."),
            _("Links that were sent to them do not work while the account is disabled."),
            _("Nothing is deleted: you can enable the account again."),
        ),
    ),
    Deed(
        "delete",
        _("Delete"),
        lifecycle.delete,
        _("%(user)s is deleted."),
        frozenset(State.values),
        _("Delete %(user)s?"),
        (
            _("The account and its notifications are deleted for good; messages that still wait are not sent."),
            _("The audit trail keeps what was done by them and to them."),
            _("The address can be used for a new account."),
        ),
    ),
)
DEEDS = {deed.name: deed for deed in _DEEDS}


def deeds_for(user: User) -> list[Deed]:
    return [deed for deed in _DEEDS if user.state in deed.states]
