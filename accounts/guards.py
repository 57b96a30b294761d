"""What every change of an account asks first: that the row is there and held, that the actor's role reaches to it,
that somebody is left who can administer, that nobody's mailbox is filled.
"""

import math
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import limits
from accounts.models import State, User
from accounts.roles import may_manage
from audit import context


class NotPossible(Exception):
    """The step cannot be taken; the message is a sentence for the person who asked."""


def hold(user: User, *, with_administrators: bool = False) -> None:
    """Read the row again and hold it until the transaction ends.

    Where the number of administrators matters, all of them are held, in one order: two of them who disable each other
    at the same moment would else both succeed, or wait for each other for ever.
    """
    held = Q(pk=user.pk)
    if with_administrators:
        held |= Q(is_superuser=True)
    rows = User.objects.select_for_update().filter(held).order_by("pk")
    if user.pk not in set(rows.values_list("pk", flat=True)):
        raise NotPossible(_("This account does not exist any more."))
    user.refresh_from_db()


def check_actor(user: User, actor: User | None) -> None:
    if actor is not None and actor.pk != user.pk and not may_manage(actor, user):
        raise NotPossible(_("Only an administrator can change this account."))


def keep_an_administrator(user: User, actor: User | None) -> None:
    others = User.objects.filter(is_superuser=True, state=State.ACTIVE).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise NotPossible(_("This is the last active administrator. Make somebody else an administrator first."))
    if actor is not None and actor.pk == user.pk:
        raise NotPossible(_("This is your own account. Ask another administrator."))


def spare_mailbox(user: User) -> None:
    """Count an e-mail that somebody has sent there by a button."""
    wait = limits.take(limits.SEND_AGAIN, user.email, context.current.get().ip)
    if wait is not None:
        minutes = math.ceil(wait / timedelta(minutes=1))
        text = ngettext(
            "%(email)s was sent too many activation links. The next one is possible in %(count)d minute.",
            "%(email)s was sent too many activation links. The next one is possible in %(count)d minutes.",
            minutes,
        )
        raise NotPossible(text % {"email": user.email, "count": minutes})
