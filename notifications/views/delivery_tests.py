"""Send Test E-mail: start one from what the form holds, and show how it goes."""

import uuid
from typing import cast

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from notifications import delivery_test
from notifications.models import DeliveryTest
from notifications.pacing import TooMany
from notifications.presentation import TestView
from notifications.stored_report import public_form
from settings_app.changes import put
from settings_app.forms import SMTPSettingsForm, unsaved
from settings_app.models import SMTPSettings
from settings_app.validators import validate_address
from settings_app.views import PERMISSION, sent_version, settings_page


class RecipientForm(forms.Form):
    recipient = forms.CharField(
        label=_("E-mail Address"),
        max_length=320,
        validators=[validate_address],
        error_messages={"required": _("Enter the address that the test e-mail goes to.")},
        widget=forms.TextInput(
            attrs={"inputmode": "email", "autocomplete": "email", "spellcheck": "false", "dir": "ltr"}
        ),
    )


@sensitive_post_parameters("password", "confirm_password")
@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Test what the form holds now; nothing that is stored changes."""
    if request.method != "POST":
        return redirect("settings_app:smtp-settings")  # the address of a form with errors, asked for once more
    data = request.POST.copy()
    data.pop("version", None)  # a test overwrites nothing, so it conflicts with nothing
    stored = SMTPSettings.load()
    form = SMTPSettingsForm(data, instance=SMTPSettings.load())
    recipient = RecipientForm(request.POST)
    if not (form.is_valid() & recipient.is_valid()):
        return settings_page(request, stored, form, test_form=recipient, tested=True)
    candidate = form.instance
    candidate.version = sent_version(request, candidate)
    try:
        test = delivery_test.start(candidate, recipient.cleaned_data["recipient"], request.user)
    except TooMany as refusal:
        recipient.add_error(None, str(refusal))
        response = settings_page(request, stored, form, test_form=recipient, tested=True)
        response.status_code, response["Retry-After"] = 429, str(refusal.seconds)
        return response
    if request.htmx:  # type: ignore[attr-defined]  # put there by django-htmx's middleware
        return _panel(request, test)
    return redirect("notifications:test", pk=test.pk)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The settings page, redrawn from what the test holds, so that nothing typed is lost without JavaScript.

    `?apply=N` draws it with what the test proposes put in: the same as the button does where there are scripts.
    """
    test, stored, chosen = _look(pk), SMTPSettings.load(), request.GET.get("apply", "")
    candidate = cast(SMTPSettings, SimpleLazyObject(lambda: _with_proposal(test, chosen)))
    return settings_page(
        request,
        stored,
        drawn=candidate,
        told_by=[test.pk, test.candidate, chosen],
        recipient=test.recipient,
        test=TestView(test),
        unsaved=SimpleLazyObject(lambda: unsaved(candidate, stored)),
    )


def _with_proposal(test: DeliveryTest, chosen: str) -> SMTPSettings:
    candidate = delivery_test.candidate_of(test)
    proposals = dict(enumerate((test.report or {}).get("proposals", [])))
    if chosen.isdecimal() and (proposal := proposals.get(int(chosen[:3]))):
        put(proposal["changes"], candidate)
    return candidate


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def panel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _panel(request, _look(pk))


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def report(_request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    test = _look(pk)
    if test.report is None:
        raise Http404
    content = public_form(test.report)
    response = JsonResponse(content, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="smtp-test-{test.pk}.json"'
    return response


def _panel(request: HttpRequest, test: DeliveryTest) -> HttpResponse:
    return render(request, "notifications/test_answer.html", {"test": TestView(test)})


def _look(pk: uuid.UUID) -> DeliveryTest:
    try:
        return delivery_test.look(pk)
    except DeliveryTest.DoesNotExist:
        raise Http404 from None
