"""The roles: administrator (a superuser), operator (a group), user (everybody else), and who may act on whom."""

from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

MANAGE_USERS = "accounts.manage_users"
OPERATORS = "Operators"
# By name only: what an operator may do in other apps is granted once those apps are there.
OPERATOR_PERMISSIONS = (MANAGE_USERS, "notifications.view_notification", "notifications.manage_notifications")


class Role(models.TextChoices):
    USER = "user", _("User")
    OPERATOR = "operator", _("Operator")
    ADMINISTRATOR = "administrator", _("Administrator")


def grant_operators(**_kwargs: Any) -> None:
    """Make the group and give it those of its permissions that exist already; runs after each migration."""
    from django.contrib.auth.models import Group, Permission

    wanted = Q()
    for name in OPERATOR_PERMISSIONS:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    found = list(Permission.objects.filter(wanted))
    if found:
        group, _made = Group.objects.get_or_create(name=OPERATORS)
        group.permissions.add(*found)


def may_manage(actor: "User", user: "User") -> bool:
    """Whether `actor`'s role reaches to this account: an administrator's is touched by administrators alone."""
    return actor.has_perm(MANAGE_USERS) and (actor.is_superuser or not user.is_superuser)


def managed_by(actor: "User") -> Q:
    """The accounts that `may_manage` is true of, for one who may manage any."""
    return Q() if actor.is_superuser else Q(is_superuser=False)


def of_role(role: Role) -> Q:
    """The accounts of a role; `User.role` says the same of one."""
    from django.contrib.auth.models import Group

    if role == Role.ADMINISTRATOR:
        return Q(is_superuser=True)
    operator = Q(pk__in=Group.objects.filter(name=OPERATORS, user__isnull=False).values("user"))
    return Q(is_superuser=False) & (operator if role == Role.OPERATOR else ~operator)


def with_roles(users: QuerySet["User"]) -> QuerySet["User"]:
    """The accounts, each knowing its role without a question of its own."""
    memberships = users.model.groups.through.objects
    return users.annotate(is_operator=Exists(memberships.filter(user=OuterRef("pk"), group__name=OPERATORS)))


# The same in SQL, beside the columns of an account.
IS_OPERATOR = f"""EXISTS (
    SELECT 1 FROM accounts_user_groups AS membership JOIN auth_group ON auth_group.id = membership.group_id
    WHERE membership.user_id = accounts_user.id AND auth_group.name = '{OPERATORS}'
)"""  # noqa: S608  our own names


def is_operator(pk: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IS_OPERATOR} FROM accounts_user WHERE id = %s", [pk])  # noqa: S608  our own names
        found = cursor.fetchone()
    return bool(found and found[0])


def roles_granted_by(actor: "User") -> list[Role]:
    return list(Role) if actor.is_superuser else [Role.USER, Role.OPERATOR]
