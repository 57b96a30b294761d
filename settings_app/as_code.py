"""Settings as code: stored only when something changes, by the command or from the process's environment.

Where SMTP_SERVER_ADDRESS is set, the environment is where all of the settings come from: what it does not name has its
default, the page shows them read-only, and each start (`manage.py migrate`) stores what differs.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext as _

from settings_app import sealing
from settings_app.forms import SMTPSettingsForm
from settings_app.models import SMTPSettings


def managed() -> bool:
    return bool(environment())


def environment() -> dict[str, Any]:
    """Field to value, as `settings.py` has read them; empty where the page is in charge."""
    return getattr(settings, "SMTP_FROM_ENVIRONMENT", {})


def reason() -> str:
    """Why nobody can save them here."""
    return _(
        "These settings come from the environment of the portal's processes (SMTP_SERVER_ADDRESS and the others that "
        "begin with SMTP_) and are changed there."
    )


def store(data: dict[str, Any], stored: SMTPSettings, *, locked: bool | None = None) -> tuple[SMTPSettingsForm, bool]:
    """The form, and whether anything was changed. Only a form that is valid stores; inside a transaction."""
    before = {name: getattr(stored, name) for name in SMTPSettings.FIELDS}
    configured, had_password = stored.configured, _password_of(stored)
    form = SMTPSettingsForm(data, instance=stored, locked=locked)
    if not form.is_valid():
        return form, False
    after = form.instance
    wanted = data.get("password", "") if after.authentication else ""
    same = all(getattr(after, name) == value for name, value in before.items())
    if configured and same and wanted in ("", had_password):
        return form, False
    form.save()
    return form, True


def apply() -> bool:
    """Store what the environment says; whether anything changed. Raises `ImproperlyConfigured` with each error."""
    with transaction.atomic():
        form, changed = store(_data(), SMTPSettings.load(lock=True), locked=False)
    if form.errors:
        faults = [f"{form.fields[name].label}: {error}" for name in form.fields for error in form.errors.get(name, [])]
        raise ImproperlyConfigured("The SMTP settings of the environment are refused. " + " ".join(faults))
    return changed


def outdated() -> bool:
    """Whether the environment says something else than what is stored: it was changed after the last start."""
    if not managed():
        return False
    form = SMTPSettingsForm(_data(), instance=SMTPSettings.load(), locked=False)
    stored = SMTPSettings.load()
    if not form.is_valid() or not stored.configured:
        return True
    differs = any(getattr(form.instance, name) != getattr(stored, name) for name in SMTPSettings.FIELDS)
    wanted = environment().get("password", "") if stored.authentication else ""
    return differs or wanted not in ("", _password_of(stored))


def _data() -> dict[str, Any]:
    """As the page would send them: what is off is not sent."""
    values = {name: value for name, value in environment().items() if value is not False}
    password = values.get("password", "")
    return {name: "on" if value is True else value for name, value in values.items()} | {"confirm_password": password}


def _password_of(stored: SMTPSettings) -> str | None:
    """None for one that does not open: another has to take its place."""
    try:
        return stored.get_password()
    except (sealing.Undecryptable, sealing.DestinationChanged, ImproperlyConfigured):
        return None
