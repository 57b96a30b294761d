"""The form of the SMTP settings: what the page and `configure_smtp` send comes through here.

The rules are the model's and the validators'; the form adds the two password fields, which are never stored or shown.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.forms.models import construct_instance
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from settings_app import validators
from settings_app.models import DEFAULT_CONNECTIONS, DEFAULT_TIMEOUT, SMTPSettings, TLSMode, default_port

# The fields that the password is sealed to.
DESTINATION = {"server_address", "use_tls", "port", "tls_mode", "ca_certificate", "username"}


class PasswordField(forms.CharField):
    """Typed as it is: white space counts, nothing is ever rendered back."""

    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, **kwargs)


class NumberField(forms.IntegerField):
    """A whole number that may be left empty; its range is the model's validator's affair."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


if TYPE_CHECKING:
    SettingsModelForm = forms.ModelForm[SMTPSettings]
else:
    SettingsModelForm = forms.ModelForm  # Django's own class takes no type argument


class SMTPSettingsForm(SettingsModelForm):
    port = NumberField(
        label=gettext_lazy("Port Number"),
        validators=[validators.validate_port],
        error_messages={"invalid": gettext_lazy("This is not a port: enter a whole number from 1 to 65535.")},
    )
    timeout = NumberField(
        label=gettext_lazy("Timeout"),
        help_text=gettext_lazy("Seconds, for each step of the dialogue. Empty: 30."),
        validators=[validators.validate_timeout],
        error_messages={"invalid": gettext_lazy("This is not a time: enter whole seconds from 1 to 300.")},
    )
    connections = NumberField(
        label=gettext_lazy("Connections"),
        help_text=gettext_lazy(
            "At a time, for each delivery worker; fewer when the server says that it is too many. Empty: 5."
        ),
        validators=[validators.validate_connections],
        error_messages={"invalid": gettext_lazy("This is not a number of connections: enter 1 to 50.")},
    )
    messages_per_minute = NumberField(
        label=gettext_lazy("Messages a Minute"),
        help_text=gettext_lazy("What the server allows, for all workers together. Empty: no limit."),
        validators=[validators.validate_messages_per_minute],
        error_messages={"invalid": gettext_lazy("This is not a number of messages: enter 1 to 100000, or nothing.")},
    )
    password = PasswordField(label=gettext_lazy("Password"))
    confirm_password = PasswordField(label=gettext_lazy("Confirm Password"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = SMTPSettings
        fields = SMTPSettings.FIELDS
        help_texts: ClassVar[dict[str, Any]] = {
            "server_address": gettext_lazy("A host name or an IP address."),
            "use_tls": gettext_lazy("Messages travel over an encrypted channel, never in clear."),
            "authentication": gettext_lazy("Sign in to the server. Off is for a server without authentication."),
            "provider_secret": gettext_lazy(
                "Application passwords and API keys follow the provider's rules, not the ones above. "
                "Then 1 to 255 characters are accepted."
            ),
            "from_name": gettext_lazy("The sender's name in the e-mails."),
            "tls_mode": gettext_lazy("Automatic: implicit TLS on port 465, STARTTLS elsewhere."),
            "ca_certificate": gettext_lazy("For a private authority. Certificates are always verified."),
            "ehlo_name": gettext_lazy("The name this machine gives to the server. Empty: its own host name."),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "server_address": {"required": gettext_lazy("Enter the name or the IP address of the mail server.")},
        }
        widgets: ClassVar[dict[str, Any]] = {
            "server_address": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
            # Shown only where it is required.
            "username": forms.TextInput(
                attrs={"aria-required": "true", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
            ),
            "from_email": forms.TextInput(attrs={"inputmode": "email", "spellcheck": "false", "dir": "ltr"}),
            "ca_certificate": forms.Textarea(
                attrs={"rows": 4, "spellcheck": "false", "dir": "ltr", "placeholder": "-----BEGIN CERTIFICATE-----"}
            ),
            "ehlo_name": forms.TextInput(attrs={"spellcheck": "false", "dir": "ltr"}),
        }

    def __init__(
        self, data: Any = None, *, instance: SMTPSettings | None = None, locked: bool | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, instance=instance or SMTPSettings.load(), **kwargs)
        self.initial["version"] = self.instance.version
        # What is stored, before the form's values are put over it.
        self.stored_version = self.instance.version
        self.password_stored = self.instance.password_stored
        self.fields["tls_mode"].required = False
        if not self.password_stored:
            for name in ("password", "confirm_password"):
                self.fields[name].widget.attrs["aria-required"] = "true"
        # What comes from the environment is shown, and whatever a browser sends for it is not looked at.
        self.locked = bool(getattr(settings, "SMTP_FROM_ENVIRONMENT", {})) if locked is None else locked
        if self.locked:
            for field in self.fields.values():
                field.disabled = True
        self.initial["messages_per_minute"] = self.instance.messages_per_minute or None
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.error_messages["max_length"] = _(
                    "This has %(show_value)d characters; %(limit_value)d are the most."
                )

    def clean_port(self) -> int:
        """Empty means the default of the switch; a port that was sent is never changed."""
        port: int | None = self.cleaned_data["port"]
        return default_port(self.cleaned_data.get("use_tls", True)) if port is None else port

    def clean_timeout(self) -> int:
        timeout: int | None = self.cleaned_data["timeout"]
        return DEFAULT_TIMEOUT if timeout is None else timeout

    def clean_connections(self) -> int:
        connections: int | None = self.cleaned_data["connections"]
        return DEFAULT_CONNECTIONS if connections is None else connections

    def clean_messages_per_minute(self) -> int:
        return self.cleaned_data["messages_per_minute"] or 0

    def clean_tls_mode(self) -> str:
        return self.cleaned_data["tls_mode"] or TLSMode.AUTO

    def clean_ca_certificate(self) -> str:
        # A browser sends other ends of lines than the script of the same page, and neither is a change.
        text: str = self.cleaned_data["ca_certificate"]
        return text.replace("\r\n", "\n")

    def clean_version(self) -> int | None:
        version: int | None = self.cleaned_data["version"]
        if version is not None and version != self.stored_version:
            # Sent again, the form then saves over what the page has shown.
            self.data = self.data.copy() if hasattr(self.data, "copy") else dict(self.data)
            self.data[self.add_prefix("version")] = str(self.stored_version)
            raise ValidationError("", code="conflict")
        return version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("authentication"):
            self._clean_password(data.get("password") or "", data.get("confirm_password") or "")
        return data

    def _clean_password(self, password: str, confirmation: str) -> None:
        if password:
            issued = bool(self.cleaned_data.get("provider_secret"))
            try:
                validators.validate_secret(password, issued_by_provider=issued)
            except ValidationError as error:
                self.add_error("password", error)
        if password != confirmation:
            self.add_error("confirm_password", _("This is not equal to Password. Type both again."))

    def _post_clean(self) -> None:
        # The password is sealed to the destination that the form names: the fields go on the instance first.
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        password = self.cleaned_data.get("password")
        if password and self.cleaned_data.get("authentication"):
            try:
                self.instance.set_password(password)
            except ImproperlyConfigured as fault:
                self.add_error("password", str(fault))
        super()._post_clean()  # type: ignore[misc]  # missing in the stubs

    def _update_errors(self, errors: ValidationError) -> None:
        # The model speaks of its sealed column; on the page that is the Password field.
        error_dict = getattr(errors, "error_dict", None)
        if error_dict and "password_sealed" in error_dict:
            fault = error_dict.pop("password_sealed")
            # While a part of the destination is itself wrong, nobody can tell whether the stored password fits it.
            unclear = self.password_stored and not DESTINATION.isdisjoint({*error_dict, *self.errors})
            if "password" not in self.errors and not unclear:
                error_dict["password"] = fault
        super()._update_errors(errors)  # type: ignore[misc]  # missing in the stubs

    def entered(self) -> SMTPSettings:
        """What the form holds, as settings that are not saved; what is wrong in itself is left out."""
        # Asking for the errors cleans once; a second time, a conflict would be taken for settled.
        if not self.is_bound or self.errors is None:
            return self.instance
        values = {name: self.cleaned_data[name] for name in SMTPSettings.FIELDS if name in self.cleaned_data}
        port = values.pop("port", None) or default_port(values.get("use_tls", True))
        return SMTPSettings(**values, port=port)

    def conflict(self, stored: SMTPSettings) -> list[dict[str, Any]]:
        """Where what was saved meanwhile differs from what this form holds: label, theirs and yours."""
        return [
            {"label": self.fields[name].label, "theirs": getattr(stored, name), "yours": self.cleaned_data[name]}
            for name in SMTPSettings.FIELDS
            if name in self.cleaned_data and self.cleaned_data[name] != getattr(stored, name)
        ]


def unsaved(entered: SMTPSettings, stored: SMTPSettings) -> list[Any]:
    """The labels of what is entered and not in the database."""
    return [
        SMTPSettingsForm.base_fields[name].label
        for name in SMTPSettings.FIELDS
        if getattr(entered, name) != getattr(stored, name)
    ]
