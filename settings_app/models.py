"""The SMTP settings as they are stored: one row, which the database itself keeps single."""

from email.utils import parseaddr
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.context import shown
from audit.log import record
from audit.rows import only_row
from settings_app import sealing, validators
from settings_app.signals import settings_saved

PURPOSE = "smtp_settings"
PORT_WITH_TLS, PORT_WITHOUT_TLS, PORT_OF_IMPLICIT_TLS = 587, 25, 465
DEFAULT_TIMEOUT = 30  # seconds
DEFAULT_CONNECTIONS = 5  # at a time, for each delivery worker


def default_port(use_tls: bool) -> int:
    return PORT_WITH_TLS if use_tls else PORT_WITHOUT_TLS


class TLSMode(models.TextChoices):
    AUTO = "auto", gettext_lazy("Automatic")
    STARTTLS = "starttls", gettext_lazy("STARTTLS")
    IMPLICIT = "implicit", gettext_lazy("Implicit TLS")


def entered_for_another() -> str:
    """Why the stored password does not serve once it would go elsewhere."""
    return _(
        "The stored password was entered for another server address, port, TLS setting, CA certificate or user "
        "name, and is never sent elsewhere. Enter the password again."
    )


class SMTPSettings(models.Model):
    """What an administrator saved. `load()` gives the row, or an unsaved one with the defaults."""

    PK: ClassVar[int] = 1
    # In the order of the page. What the audit trail compares, and `configure_smtp` takes and shows.
    FIELDS: ClassVar[tuple[str, ...]] = (
        "server_address",
        "use_tls",
        "port",
        "authentication",
        "username",
        "provider_secret",
        "from_name",
        "from_email",
        "tls_mode",
        "ca_certificate",
        "ehlo_name",
        "timeout",
        "connections",
        "messages_per_minute",
    )

    id = models.PositiveSmallIntegerField(primary_key=True, default=PK, editable=False)
    server_address = models.CharField(
        gettext_lazy("Server Address"),
        max_length=validators.ADDRESS_LIMIT,
        validators=[validators.validate_server_address],
    )
    use_tls = models.BooleanField(gettext_lazy("TLS"), default=True)
    port = models.PositiveIntegerField(gettext_lazy("Port Number"), blank=True, validators=[validators.validate_port])
    authentication = models.BooleanField(gettext_lazy("SMTP Authentication"), default=True)
    username = models.CharField(
        gettext_lazy("User Name"), max_length=320, blank=True, validators=[validators.validate_username]
    )
    password_sealed = models.TextField(blank=True, editable=False)
    provider_secret = models.BooleanField(gettext_lazy("Issued by the provider"), default=False)
    from_name = models.CharField(
        gettext_lazy("From Name"), max_length=200, blank=True, validators=[validators.validate_from_name]
    )
    from_email = models.CharField(
        gettext_lazy("From E-Mail Address"), max_length=320, blank=True, validators=[validators.validate_address]
    )
    tls_mode = models.CharField(gettext_lazy("TLS mode"), max_length=8, choices=TLSMode, default=TLSMode.AUTO)
    ca_certificate = models.TextField(
        gettext_lazy("CA Certificate"), blank=True, validators=[validators.validate_ca_certificate]
    )
    ehlo_name = models.CharField(
        gettext_lazy("EHLO Name"),
        max_length=validators.ADDRESS_LIMIT,
        blank=True,
        validators=[validators.validate_ehlo_name],
    )
    timeout = models.PositiveSmallIntegerField(
        gettext_lazy("Timeout"), default=DEFAULT_TIMEOUT, validators=[validators.validate_timeout]
    )
    connections = models.PositiveSmallIntegerField(
        gettext_lazy("Connections"),
        default=DEFAULT_CONNECTIONS,
        db_default=DEFAULT_CONNECTIONS,
        validators=[validators.validate_connections],
    )
    # 0: as fast as the server takes them.
    messages_per_minute = models.PositiveIntegerField(
        gettext_lazy("Messages a Minute"),
        default=0,
        db_default=0,
        validators=[validators.validate_messages_per_minute],
    )
    # Counts the saves: the optimistic lock of the page, and how a worker knows that its session is of yesterday.
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.CharField(max_length=320, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "SMTP settings"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="smtp_settings_single")
        ]

    def __str__(self) -> str:
        return f"{self.server_address}:{self.port}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store, count the version, write the audit trail and tell others, all or nothing."""
        with transaction.atomic():
            before = type(self).load(lock=True)
            if self.port is None:
                self.port = default_port(self.use_tls)
            if not self.authentication:
                self.password_sealed = ""
            self.version = before.version + 1
            changes = self._changes_since(before)
            entry = record("smtp_settings.saved", target="SMTP settings", changes=changes)
            self.updated_by = entry.actor_name
            self._state.adding = not before.configured  # the one row is changed, whoever made the instance
            super().save(*args, **kwargs)
            settings_saved.send(sender=type(self), settings=self, before=before, changed=tuple(changes))

    @property
    def saved_by(self) -> str:
        return shown(self.updated_by)

    @classmethod
    def load(cls, *, lock: bool = False) -> "SMTPSettings":
        """The saved settings, or unsaved defaults (`configured` tells). `lock` holds the row for the transaction."""
        row = cls._default_manager.select_for_update().filter(pk=cls.PK).first() if lock else only_row(cls)
        return row or cls(port=default_port(True))

    @classmethod
    def current_version(cls) -> int:
        """What `version` is in the database now; 0 when nothing is saved."""
        return cls._default_manager.filter(pk=cls.PK).values_list("version", flat=True).first() or 0

    @property
    def configured(self) -> bool:
        return self.version > 0

    # Where it goes

    @property
    def effective_tls_mode(self) -> str:
        """`none`, `starttls` or `implicit`."""
        if not self.use_tls:
            return "none"
        if self.tls_mode != TLSMode.AUTO:
            return str(self.tls_mode)
        return TLSMode.IMPLICIT.value if self.port == PORT_OF_IMPLICIT_TLS else TLSMode.STARTTLS.value

    def destination(self) -> sealing.Destination:
        """What the password is sealed to. TLS off and each TLS mode are different destinations."""
        try:
            address = validators.to_ascii(self.server_address)
        except UnicodeError:
            address = self.server_address.lower()
        tls = str(self.tls_mode) if self.use_tls else "none"
        ca = sealing.fingerprint(self.ca_certificate)
        return sealing.Destination(address, int(self.port or default_port(self.use_tls)), tls, ca, self.username)

    @property
    def sender(self) -> str:
        """The address that e-mails come from: From E-Mail Address, else User Name if that is one, else the default."""
        if self.from_email:
            return self.from_email
        if self.authentication and self.username:
            try:
                validators.validate_address(self.username)
            except ValidationError:
                pass
            else:
                return self.username
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    # The password

    @property
    def password_stored(self) -> bool:
        return bool(self.password_sealed)

    def set_password(self, raw: str) -> None:
        """Seal the password to the destination that the other fields name now; an empty one removes it."""
        keys = settings.SMTP_ENCRYPTION_KEYS
        self.password_sealed = sealing.seal(raw, self.destination(), purpose=PURPOSE, keys=keys) if raw else ""

    def get_password(self) -> str:
        """The password, or an empty string where none is stored.

        Raises `sealing.Undecryptable` when no key opens it, `sealing.DestinationChanged` when it was entered for
        another destination than the fields name now.
        """
        if not self.password_sealed:
            return ""
        keys = settings.SMTP_ENCRYPTION_KEYS
        return sealing.unseal(self.password_sealed, self.destination(), purpose=PURPOSE, keys=keys)

    def password_fault(self) -> str:
        """Why the password has to be entered; empty when the stored one serves."""
        if not self.password_sealed:
            return _("Enter the password of the server's user.")
        try:
            self.get_password()
        except sealing.DestinationChanged:
            return entered_for_another()
        except sealing.Undecryptable:
            return _("The stored password can no longer be decrypted: its key is gone. Enter the password again.")
        return ""

    # The rules that depend on another field

    def clean_fields(self, exclude: Any = None) -> None:
        if self.port is None:
            self.port = default_port(self.use_tls)
        super().clean_fields(exclude)

    def clean(self) -> None:
        errors = self._required_with_authentication() if self.authentication else self._required_without()
        if errors:
            raise ValidationError(errors)

    def _required_with_authentication(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if not self.username:
            errors["username"] = _("Enter the name to sign in with, or switch SMTP Authentication off.")
        if fault := self.password_fault():
            errors["password_sealed"] = fault
        else:
            try:
                validators.validate_secret(self.get_password(), issued_by_provider=self.provider_secret)
            except ValidationError as error:
                errors["password_sealed"] = error
        return errors

    def _required_without(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if not self.from_name:
            errors["from_name"] = _("Enter the sender's name: it is required without SMTP Authentication.")
        if not self.from_email:
            errors["from_email"] = _("Enter the sender's address: it is required without SMTP Authentication.")
        else:
            try:
                validators.validate_open_sender(self.from_email)
            except ValidationError as error:
                errors["from_email"] = error
        return errors

    @property
    def warnings(self) -> list[str]:
        """What is allowed and should be known."""
        if self.authentication and not self.use_tls:
            return [_("TLS is off: the password travels to the server in clear, and anyone in between can read it.")]
        return []

    def _changes_since(self, before: "SMTPSettings") -> dict[str, Any]:
        """Field to [old, new]; a secret only as "changed"."""
        changes: dict[str, Any] = {
            name: [getattr(before, name) if before.configured else None, getattr(self, name)]
            for name in self.FIELDS
            if not before.configured or getattr(before, name) != getattr(self, name)
        }
        if before.password_sealed != self.password_sealed:
            changes["password"] = "changed" if self.password_sealed else "removed"
        return changes
