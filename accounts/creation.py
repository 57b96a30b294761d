"""How an account comes to be: one by one, or many at once with the same audit trail and signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import signals
from accounts.fields import normalise_email
from accounts.guards import NotPossible
from accounts.models import State, User
from accounts.roles import OPERATORS, Role, roles_granted_by
from audit import log


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to whom `create_many` gives an account; the values have been cleaned."""

    email: str
    name: str
    role: Role
    language: str
    time_zone: str


@transaction.atomic
def create(
    email: str,
    name: str = "",
    *,
    actor: User | None = None,
    password: str | None = None,
    administrator: bool = False,
    operator: bool = False,
    **options: Any,
) -> User:
    """Add an account: pending until its link is opened, or active at once where a password is given.

    Raises ValidationError for an address or name that breaks its rule, NotPossible where the address is taken.
    """
    if administrator and actor is not None and not actor.is_superuser:
        raise NotPossible(_("Only an administrator can make somebody an administrator."))
    user = User(email=normalise_email(email or ""), name=name, is_superuser=administrator, **options)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
        user.state, user.activated_at = State.ACTIVE, timezone.now()
    user.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        if not User.objects.filter(email=user.email).exists():
            raise
        raise NotPossible(_("An account with the address %s exists already.") % user.email) from error
    if operator:
        user.groups.add(Group.objects.get_or_create(name=OPERATORS)[0])
    log.record("account.created", target=user, actor=actor, changes={"state": user.state, "role": user.role.value})
    signals.announce(signals.account_created, user, actor=actor)
    return user


@transaction.atomic
def create_many(newcomers: Sequence[Newcomer], *, actor: User | None = None) -> list[User]:
    """`create` for many, with the same entries and signals in few statements; gives those who had no account yet."""
    if actor is not None and not {one.role for one in newcomers} <= set(roles_granted_by(actor)):
        raise NotPossible(_("Only an administrator can make somebody an administrator."))
    taken = set(User.objects.filter(email__in=[one.email for one in newcomers]).values_list("email", flat=True))
    roles = {one.email: one.role for one in newcomers if one.email not in taken}
    users = [_pending(one) for one in newcomers if one.email not in taken]
    try:
        with transaction.atomic():
            User.objects.bulk_create(users)
    except IntegrityError:
        # Somebody else has just added one of them: one by one, only that one is left out.
        return [user for one in newcomers if (user := _create_unless_taken(one, actor)) is not None]
    if operators := [user for user in users if roles[user.email] == Role.OPERATOR]:
        group = Group.objects.get_or_create(name=OPERATORS)[0]
        User.groups.through.objects.bulk_create(
            [User.groups.through(user_id=user.pk, group_id=group.pk) for user in operators]
        )
    changes = ((user, {"state": user.state, "role": roles[user.email].value}) for user in users)
    log.record_many("account.created", changes, actor=actor)
    with signals.joined():
        for user in users:
            signals.announce(signals.account_created, user, actor=actor)
    return users


def _pending(one: Newcomer) -> User:
    user = User(email=one.email, name=one.name, language=one.language, time_zone=one.time_zone)
    user.is_superuser = one.role == Role.ADMINISTRATOR
    user.set_unusable_password()
    return user


def _create_unless_taken(one: Newcomer, actor: User | None) -> User | None:
    try:
        return create(
            one.email,
            one.name,
            actor=actor,
            administrator=one.role == Role.ADMINISTRATOR,
            operator=one.role == Role.OPERATOR,
            language=one.language,
            time_zone=one.time_zone,
        )
    except NotPossible:
        return None
