"""Changing what an account says of its person: address, name, role, language, time zone.

Its state is the affair of `lifecycle.py`.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import lifecycle, signals
from accounts.fields import normalise_email
from accounts.guards import NotPossible, check_actor, hold, keep_an_administrator
from accounts.models import State, User
from accounts.roles import OPERATORS, Role, roles_granted_by
from audit import log

EDITABLE = ("email", "name", "language", "time_zone")


@transaction.atomic
def edit(
    user: User, *, actor: User | None = None, email: str | None = None, role: Role | None = None, **personal: str
) -> bool:
    """Change what is given; whether anything was. Raises ValidationError for a value that breaks its rule.

    A new address is told to the old one too; links that were sent to the old one end.
    """
    hold(user, with_administrators=role is not None)
    check_actor(user, actor)
    before = _facts(user)
    old_address = user.email
    given = personal if email is None else {"email": normalise_email(email), **personal}
    for field, value in given.items():
        if field not in EDITABLE:
            raise TypeError(f"edit() knows no {field}")
        setattr(user, field, value)
    # What is not touched may break a rule that is newer than it.
    user.clean_fields(exclude={field.name for field in User._meta.fields} - set(given))
    _save(user)
    if role is not None and role != before["role"]:
        _become(user, Role(role), actor)
    after = _facts(user)
    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if not changes:
        return False
    log.record("account.edited", target=user, actor=actor, changes=changes)
    if user.email != old_address:
        signals.announce(signals.email_changed, user, actor=actor, old=old_address)
        if user.state == State.PENDING:
            lifecycle.send_link_again(user, actor)
    return True


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=EDITABLE)
    except IntegrityError as error:
        if not User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
            raise
        raise NotPossible(_("An account with the address %s exists already.") % user.email) from error


def _become(user: User, role: Role, actor: User | None) -> None:
    if actor is not None and role not in roles_granted_by(actor):
        raise NotPossible(_("Only an administrator can make somebody an administrator."))
    if actor is not None and actor.pk == user.pk:
        raise NotPossible(_("This is your own account. Ask another administrator to change your role."))
    if user.is_superuser:
        keep_an_administrator(user, actor)
    user.is_superuser = role == Role.ADMINISTRATOR
    user.save(update_fields=["is_superuser"])
    operators = Group.objects.get_or_create(name=OPERATORS)[0]
    (user.groups.add if role == Role.OPERATOR else user.groups.remove)(operators)


def _facts(user: User) -> dict[str, Any]:
    return {**{field: getattr(user, field) for field in EDITABLE}, "role": user.role.value}
