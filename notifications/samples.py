"""Each e-mail with the facts of nobody in particular: to look at, and to send to oneself.

They are made by the functions of `emails.py` themselves, so that a sample shows what a real event would.
"""

import functools
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications import emails, outbox
from notifications.kinds import KINDS
from notifications.models import Notification

KIND = "sample"
# Somebody's mailbox is not to be filled by pressing a button: so many in so much time.
MOST = 10
WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sample:
    name: str  # in the address
    label: str | Promise
    row: Notification


class TooMany(Exception):
    """Enough samples were sent to this person for now."""


def samples(language: str) -> list[Sample]:
    """All e-mails, in the order in which `kinds.py` names them."""
    return [sample for kind in KINDS if kind != KIND for sample in _of(kind, language)]


@functools.cache
def labels(shown_in: str) -> dict[str, str]:
    """What each is called, by its name in the address, in this language."""
    with override(shown_in):
        return {sample.name: str(sample.label) for sample in samples(shown_in)}


def send(sample: Sample, user: Any) -> None:
    """Put it into the outbox, as a notification that says of itself that nothing has happened."""
    recent = Notification.objects.filter(user=user, kind=KIND, created_at__gt=timezone.now() - WITHIN)
    if recent.count() >= MOST:
        raise TooMany
    row = sample.row
    # `emails/sample.*` puts a notice around the templates of the other; its link leads nowhere.
    row.facts = {**row.facts, "sample_of": f"emails/{row.kind}", "link": "masked" if row.facts.get("link") else ""}
    row.kind, row.user, row.recipient = KIND, user, user.email
    row.urgent, row.expires_at = KINDS[KIND].urgent, row.created_at + KINDS[KIND].life
    outbox.write([row])


def _of(kind: str, language: str) -> Iterator[Sample]:
    for further, (label, facts) in enumerate(VARIANTS.get(kind, [("", {})])):
        for copy, row in enumerate(_rows(kind, {**_facts(), **facts}, language)):
            number = further + copy
            row.language = language
            yield Sample(f"{kind}-{number + 1}" if number else kind, _label(kind, label, copy), row)


def _rows(kind: str, facts: dict[str, Any], language: str) -> list[Notification]:
    function = getattr(emails, kind)
    known = inspect.signature(function).parameters
    user = _person("Kari Nordmann", "kari.nordmann@example.com", language)
    user.is_active = facts.get("is_active", False)
    with outbox.gathered() as rows:
        function(user, **{name: value for name, value in facts.items() if name in known})
    return rows


def _facts() -> dict[str, Any]:
    """What the functions may ask for, by the names of their arguments."""
    now = timezone.now()
    return {
        "actor": _person("Ingrid Solberg", "ingrid.solberg@example.com", ""),
        "at": now,
        "until": now + timedelta(minutes=15),
        "ip": "192.0.2.9",
        "reason": "sign_in",
        "old": "kari@old.example.com",
        "by": "Ingrid Solberg <ingrid.solberg@example.com>",
        "fields": str(_("Server Address, Port Number")),
    }


# Where the same kind of event is told in different ways.
VARIANTS: dict[str, list[tuple[str | Promise, dict[str, Any]]]] = {
    "account_created": [(_("with a link to activate it"), {}), (_("active at once"), {"is_active": True})],
    "account_locked": [
        (_("after failed sign-ins"), {"actor": None}),
        (_("by an administrator"), {"reason": "administrator", "until": None, "ip": None}),
    ],
}


def _label(kind: str, variant: str | Promise, copy: int) -> str:
    # The only kind that goes to two addresses tells the new one first.
    further = variant or (_("to the old address") if copy else "")
    return f"{KINDS[kind].label}, {further}" if further else str(KINDS[kind].label)


def _person(name: str, email: str, language: str) -> Any:
    """Nobody whom the database knows, whatever the project's user model is."""
    user = get_user_model()()
    wanted = {"name": name, "email": email, get_user_model().USERNAME_FIELD: email, "language": language}
    for field, value in wanted.items():
        if hasattr(user, field):
            setattr(user, field, value)
    return user
