"""The SMTP Settings page. What belongs to other apps (delivery status, the test) comes in by template tags."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from settings_app import as_code
from settings_app.advice import advice_on
from settings_app.changes import put
from settings_app.forms import SMTPSettingsForm, unsaved
from settings_app.hints import PASSWORD_ROWS
from settings_app.models import SMTPSettings, entered_for_another

PERMISSION = "settings_app.change_smtpsettings"


@sensitive_post_parameters("password", "confirm_password")
@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def smtp_settings(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return settings_page(request, SMTPSettings.load())
    try:
        return _save(request)
    except IntegrityError:
        # Somebody else saved the first settings in between: this form is now the later one, and is told so.
        return _save(request)


def _save(request: HttpRequest) -> HttpResponse:
    if as_code.managed():
        messages.error(request, _("Not saved.") + " " + as_code.reason())
        refused = settings_page(request, SMTPSettings.load())
        refused.status_code = 409
        return refused
    with transaction.atomic():
        form = SMTPSettingsForm(request.POST, instance=SMTPSettings.load(lock=True))
        if not form.is_valid():
            return settings_page(request, SMTPSettings.load(), form)
        saved = form.save()
    messages.success(request, _("SMTP settings saved."))
    for warning in saved.warnings:
        messages.warning(request, warning)
    return redirect("settings_app:smtp-settings")


@sensitive_post_parameters("password", "confirm_password")
@permission_required(PERMISSION, raise_exception=True)
@require_POST
def advice(request: HttpRequest) -> HttpResponse:
    """The advice on what is being entered, for the page's script. A POST, so that no log keeps what was typed."""
    entered = SMTPSettingsForm(request.POST).entered()
    return render(request, "settings_app/advice.html", {"advice": advice_on(entered)})


@sensitive_post_parameters("password", "confirm_password")
@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest) -> HttpResponse:
    """The page with the server, port and TLS of the provider filled in, for whoever has no script. Stores nothing."""
    if request.method != "POST":
        return redirect("settings_app:smtp-settings")
    typed = SMTPSettingsForm(request.POST)
    entered = typed.entered()
    put(advice_on(entered).changes, entered)
    stored = SMTPSettings.load()
    entered.version, entered.password_sealed = sent_version(request, stored), stored.password_sealed
    # What is wrong in itself stays as it was typed; passwords are never drawn.
    wrong = {name: request.POST.get(name, "") for name in typed.errors if name in SMTPSettings.FIELDS}
    form = SMTPSettingsForm(instance=entered, initial=wrong)
    return settings_page(request, stored, form, unsaved=unsaved(entered, stored))


def sent_version(request: HttpRequest, stored: SMTPSettings) -> int:
    """The version that the form was drawn from, so that saving what is drawn anew still notices another's change."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else stored.version


def settings_page(
    request: HttpRequest,
    stored: SMTPSettings,
    form: SMTPSettingsForm | None = None,
    *,
    drawn: SMTPSettings | None = None,
    told_by: list[Any] | None = None,
    **context: Any,
) -> HttpResponse:
    """The page around a form, or around what a new one is `drawn` from; `context` is for what a test adds.

    A new form shows these values and nothing of its reader: it is drawn once for them (`drawn_from`, and the language),
    and so are the things that it alone needs. `told_by`: what tells these values from others, where they are lazy.
    """
    if drawn is None:
        drawn = stored
    bound = form is not None and form.is_bound
    entered = form.entered if form else lambda: drawn
    context = {
        "form": form or SimpleLazyObject(lambda: SMTPSettingsForm(instance=drawn)),
        "bound": bound,
        "drawn_from": None if form else [as_code.managed(), *(told_by or columns_of(drawn)), *columns_of(stored)],
        "password_note": SimpleLazyObject(lambda: password_note(stored, entered())),
        "sender_placeholder": SimpleLazyObject(lambda: SMTPSettings(authentication=False).sender),
        "advice": SimpleLazyObject(lambda: advice_on(entered())),
        "password_hints": PASSWORD_ROWS,
        "conflict": form.conflict(stored) if form and form.has_error("version", "conflict") else None,
        "stored": stored,
        "managed": as_code.reason() if as_code.managed() else "",
        "recipient": request.POST.get("recipient", getattr(request.user, "email", "")),
        **context,
    }
    return render(request, "settings_app/smtp_settings.html", context)


def columns_of(values: SMTPSettings) -> list[Any]:
    return [getattr(values, field.attname) for field in SMTPSettings._meta.concrete_fields]


def password_note(stored: SMTPSettings, entered: SMTPSettings) -> dict[str, str]:
    """What the page says of the stored password: how it is kept, why it is not for what is entered, or both, of which
    the page's script shows one."""
    if not stored.password_stored:
        return {}
    if fault := stored.password_fault():
        return {"fault": fault}
    if entered.destination() != stored.destination():
        return {"fault": entered_for_another()}
    kept = _(
        "A password is stored, sealed to this server address, port, TLS, CA certificate and user name. "
        "Leave both fields empty to keep it."
    )
    return {"kept": kept, "elsewhere": entered_for_another()}
