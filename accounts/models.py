"""The account: a person's address, name and role, and where in its life it stands.

The state is changed by `lifecycle.py` alone. What is noticed here is a new password, because any code may set one.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.fields import (
    AddressField,
    SearchField,
    normalise_email,
    validate_language,
    validate_name,
    validate_time_zone,
)
from accounts.imports.models import Import as Import  # Django looks for models here
from accounts.limits import Tally as Tally
from accounts.roles import Role, is_operator
from audit import context, log


class State(models.TextChoices):
    """pending → active ⇄ locked; each of them → disabled → what it was before, lock aside."""

    PENDING = "pending", _("Pending")
    ACTIVE = "active", _("Active")
    LOCKED = "locked", _("Locked")
    DISABLED = "disabled", _("Disabled")


class LockReason(models.TextChoices):
    SIGN_IN = "sign_in", _("Too many failed sign-ins")
    ADMINISTRATOR = "administrator", _("By an administrator")


def default_language() -> str:
    return str(settings.LANGUAGE_CODE)


def default_time_zone() -> str:
    return str(settings.TIME_ZONE)


# Columns that are written with another one.
FOLLOWS = {"state": ("is_active",), "name": ("search_text",), "email": ("search_text",)}


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=username)

    def create_user(self, email: str, password: str | None = None, *, name: str = "", **options: Any) -> "User":
        from accounts import creation

        return creation.create(email, name, password=password, **options)

    def create_superuser(self, email: str, password: str | None = None, *, name: str = "", **options: Any) -> "User":
        return self.create_user(email, password, name=name, administrator=True, **options)


class User(AbstractBaseUser, PermissionsMixin):
    email = AddressField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("An account with this e-mail address exists already.")},
    )
    name = models.CharField(_("name"), max_length=150, blank=True, validators=[validate_name])
    search_text = SearchField(default="", editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING, editable=False)
    # Follows the state; a column of its own because Django filters on it.
    is_active = models.BooleanField(default=False, editable=False)
    failed_sign_ins = models.PositiveIntegerField(default=0, editable=False)
    locked_at = models.DateTimeField(null=True, editable=False)
    # Null in a locked account: until an administrator unlocks it.
    locked_until = models.DateTimeField(null=True, editable=False)
    lock_reason = models.CharField(max_length=16, choices=LockReason, blank=True, editable=False)
    # Activation links cover it: raising it ends those that were sent before.
    link_generation = models.PositiveIntegerField(default=0, editable=False)
    # Sessions cover it: raising it ends them all.
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    language = models.CharField(_("language"), max_length=16, default=default_language, validators=[validate_language])
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=default_time_zone, validators=[validate_time_zone]
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()
    _password: str | None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering: ClassVar[list[str]] = ["email"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        permissions = (("manage_users", "Can manage users"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The column's own uniqueness knows one spelling; this one also holds against a hand in the database.
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="user_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.ACTIVE, is_active=True) | (~Q(state=State.ACTIVE) & Q(is_active=False)),
                name="user_is_active_follows_state",
            ),
            models.CheckConstraint(
                condition=Q(state=State.LOCKED, locked_at__isnull=False, lock_reason__in=LockReason.values)
                | (~Q(state=State.LOCKED) & Q(locked_at=None, locked_until=None, lock_reason="")),
                name="user_lock_has_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "email"], name="user_state"),
            models.Index(fields=["name"], name="user_name"),
            models.Index(fields=["created_at"], name="user_created"),
            # On PostgreSQL with what is empty in front, as its migration says.
            models.Index(fields=["last_login", "id"], name="user_last_sign_in"),
            models.Index(fields=["locked_until"], name="user_locked_until", condition=Q(state=State.LOCKED)),
            models.Index(fields=["id"], name="user_administrators", condition=Q(is_superuser=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return normalise_email(username)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.email

    @property
    def role(self) -> Role:
        if self.is_superuser:
            return Role.ADMINISTRATOR
        # A list of users has asked for all at once (`roles.with_roles`).
        known = self.__dict__.get("is_operator")
        if known is not None:
            return Role.OPERATOR if known else Role.USER
        return Role.OPERATOR if is_operator(self.pk) else Role.USER

    @property
    def role_label(self) -> str:
        return str(self.role.label)

    @property
    def language_label(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language, self.language))

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)  # get_state_display translates them all each time

    @property
    def state_kind(self) -> str:
        """How a badge draws the state."""
        return {State.ACTIVE: "ok", State.PENDING: "warn", State.LOCKED: "bad"}.get(State(self.state), "")

    @property
    def lock_has_expired(self) -> bool:
        return self.state == State.LOCKED and self.locked_until is not None and self.locked_until <= timezone.now()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's mark of a session that is still good, which a new password changes; here a lock does too."""
        covered = f"{self.password}:{self.session_generation}"
        return salted_hmac("accounts.session", covered, secret=secret, algorithm="sha256").hexdigest()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and tell of a new password in the same transaction.

        `_password` is Django's own mark: `set_password()` leaves it, an upgrade of the hash at sign-in does not. A new
        or pending account has had no password that could have changed.
        """
        fields = kwargs.get("update_fields")
        self.is_active = self.state == State.ACTIVE
        if fields is not None:
            kwargs["update_fields"] = fields = {*fields, *(f for of in fields for f in FOLLOWS.get(of, ()))}
        mark = self._password
        if mark is None or (fields is not None and "password" not in fields):
            # Django clears the mark with each save, also with one that leaves the password out.
            self._password = None
            super().save(*args, **kwargs)
            self._password = mark
            return
        with transaction.atomic(using=kwargs.get("using")):
            replaced = not self._state.adding and _replaces_password(self.pk)
            super().save(*args, **kwargs)
            if replaced:
                _tell_of_new_password(self)


def _replaces_password(pk: Any) -> bool:
    """Whether this account has been in use; its row is held until the save, so that no activation comes between."""
    state = User.objects.select_for_update().filter(pk=pk).values_list("state", flat=True).first()
    return state is not None and state != State.PENDING


def _tell_of_new_password(user: User) -> None:
    actor = context.current.get().actor
    log.record("account.password_changed", target=user, actor=actor, changes={"password": "changed"})
    signals.announce(signals.password_changed, user, actor=actor)
