"""What people type on the account pages, and the sentences they get when it cannot be."""

import functools
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib.auth import forms as auth_forms
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts import creation, editing, lifecycle
from accounts.fields import AddressFormField, time_zones
from accounts.guards import NotPossible
from accounts.models import User
from accounts.roles import Role, roles_granted_by

SELECTED = mark_safe(" selected")
OPTION = '<option value="{}"{}>'
MISMATCH = _("The two passwords are not the same. Type the new password twice.")


class Themselves(BaseChoiceIterator):
    """Choices that are called what they are: as they come, while Django goes through each list of them, twice."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = values

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((value, value) for value in self.values)


class LongSelect(forms.Select):
    """Hundreds of choices in one go: Django draws a template for each, which took the time zones 80 ms."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ARG002  Django's signature
        options = _options(tuple((key, str(label)) for key, label in self.choices))
        for key in self.format_value(value) or []:
            options = options.replace(format_html(OPTION, key, ""), format_html(OPTION, key, SELECTED), 1)
        given = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(given), mark_safe(options))  # noqa: S308 - escaped


@functools.lru_cache(maxsize=20)
def _options(choices: tuple[tuple[str, str], ...]) -> str:
    """None of them chosen: the zones are the same each time."""
    return format_html_join("", OPTION + "{}</option>", ((key, "", label) for key, label in choices))


class SignInForm(auth_forms.AuthenticationForm):
    # One sentence for a wrong password, an unknown address and a closed account, so that it tells none of them.
    error_messages = {
        "invalid_login": _(
            "The e-mail address and the password do not match, or this account cannot sign in now. "
            "After several failed attempts an account is locked for a while, and its owner is told by e-mail."
        ),
        "inactive": _("This account cannot sign in now."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].error_messages["required"] = _("Enter your e-mail address.")
        self.fields["username"].widget.attrs |= {"inputmode": "email", "spellcheck": "false"}
        self.fields["password"].error_messages["required"] = _("Enter your password.")


class PasswordChangeForm(auth_forms.PasswordChangeForm):
    error_messages = {
        **auth_forms.PasswordChangeForm.error_messages,
        "password_mismatch": MISMATCH,
        "password_incorrect": _("This is not your present password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Present password")
        self.fields["old_password"].error_messages["required"] = _("Enter your present password.")
        _name_new_password(self)


class LinkForm(forms.Form):
    """Asks for the link that lets in; says the same whether the address exists."""

    email = AddressFormField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"required": _("Enter your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True, "spellcheck": "false"}),
    )

    def send(self) -> None:
        user = User.objects.filter(email=self.cleaned_data["email"]).first()
        if user is not None:
            lifecycle.request_link(user)


class NewPasswordForm(auth_forms.SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A new password behind a one-time link."""

    error_messages = {"password_mismatch": MISMATCH}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self)


class ResetForm(NewPasswordForm):
    def save(self, commit: bool = True) -> User:  # noqa: ARG002  Django's signature; the lifecycle saves
        lifecycle.reset_password(self.user, self.cleaned_data["new_password1"])
        return cast(User, self.user)


class ActivationForm(NewPasswordForm):
    def save(self, commit: bool = True) -> User:  # noqa: ARG002  Django's signature; the lifecycle saves
        lifecycle.activate(self.user, password=self.cleaned_data["new_password1"])
        return cast(User, self.user)


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """What people change of their own account."""

    # What a script leaves out stays as it is.
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, widget=LongSelect)

    class Meta:
        model = User
        fields = ("name", "language", "time_zone")
        labels: ClassVar[dict[str, Any]] = {"email": _("E-mail address"), "name": _("Name")}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["name"].widget.attrs |= {"autocomplete": "off"}
        if len(settings.LANGUAGES) > 1:
            _choose(self.fields["language"], settings.LANGUAGES)
        else:
            del self.fields["language"]
        zones = dict.fromkeys((*time_zones(), self.instance.time_zone))
        own = {"language": self.instance.language, "time_zone": self.instance.time_zone}
        self.initial = {**self.initial, **own}
        _choose(self.fields["time_zone"], Themselves(zones))

    @classmethod
    def shown(cls, account: User, actor: User) -> list[Any]:  # noqa: ARG003  whoever changes another's sees more
        """All that the fields of a new form for this account are drawn from."""
        return [getattr(account, field) for field in cls.Meta.fields]

    def clean_language(self) -> str:
        return str(self.cleaned_data["language"] or self.instance.language)

    def clean_time_zone(self) -> str:
        return str(self.cleaned_data["time_zone"] or self.instance.time_zone)

    def change(self) -> bool:
        """Save what was typed; whether anything changed. What cannot be is told at its field, and False is given."""
        try:
            # A row of its own: validating has put what was typed into the form's.
            return editing.edit(User.objects.get(pk=self.instance.pk), actor=self.actor, **self.cleaned_data)
        except NotPossible as refusal:
            self.add_error(None, str(refusal))
        return False


class UserForm(PersonForm):
    """What administrators say of somebody's account."""

    role = forms.ChoiceField(label=_("Role"), initial=Role.USER)

    class Meta(PersonForm.Meta):
        fields = ("email", *PersonForm.Meta.fields)  # type: ignore[assignment]  # the stubs count the fields

    field_order = ("email", "name", "role", "language", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["required"] = _("Enter the person's e-mail address.")
        self.fields["email"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        if self.instance.pk == self.actor.pk:
            del self.fields["role"]
            return
        if self.instance.pk is not None:
            self.initial = {**self.initial, "role": self.instance.role.value}
        _choose(self.fields["role"], [(role.value, role.label) for role in roles_granted_by(self.actor)])
        self.fields["role"].error_messages["invalid_choice"] = _("This is not a role that you can give.")

    @classmethod
    def shown(cls, account: User, actor: User) -> list[Any]:
        own = account.pk == actor.pk
        role = None if own or account.pk is None else account.role
        return [*super().shown(account, actor), own, role, actor.is_superuser]

    def create(self) -> User:
        values = dict(self.cleaned_data)
        role = values.pop("role")
        return creation.create(
            actor=self.actor,
            administrator=role == Role.ADMINISTRATOR,
            operator=role == Role.OPERATOR,
            **values,
        )


def _choose(field: forms.Field, choices: Iterable[tuple[Any, Any]]) -> None:
    field.choices = choices  # type: ignore[attr-defined]  # a ChoiceField


def _name_new_password(form: Any) -> None:
    form.minimum_length = settings.PASSWORD_MINIMUM_LENGTH
    form.fields["new_password1"].label = _("New password")
    form.fields["new_password1"].error_messages["required"] = _("Enter a new password.")
    form.fields["new_password2"].error_messages["required"] = _("Type the new password once more.")
    form.fields["new_password2"].label = _("New password again")
    form.fields["new_password2"].help_text = ""
