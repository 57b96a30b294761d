"""What every change of an account asks first: that the row is there and held, that the actor's role reaches to it, and
that somebody is left who can administer.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import State, User
from accounts.roles import may_manage


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
