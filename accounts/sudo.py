"""Asking for the password again before what an unattended screen or a stolen session must not do.

What was typed travels through the question (`carried.py`), and nobody but this session can open it; or, once that
has ended, the same person's next (`expired.py`). Which pages ask is written in `paragon_smtp/urls.py`.
"""

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, authenticate
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import carried
from accounts.models import User
from accounts.roles import Role
from audit import log

CONFIRMED_AT = "password_confirmed_at"  # in the session
CARRIED = "carried"  # in the question's form


class PasswordForm(forms.Form):
    sudo_password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": gettext_lazy("Enter your password.")},
    )


@receiver(user_logged_in)
def _confirmed(request: HttpRequest | None, **_: Any) -> None:
    if request is not None:
        request.session[CONFIRMED_AT] = time.time()


def confirmed_lately(request: HttpRequest) -> bool:
    age: float = time.time() - request.session.get(CONFIRMED_AT, 0)
    return 0 <= age < settings.SUDO_LIFETIME.total_seconds()


def concerns_administrator(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Whether the POST acts on an administrator's account, or makes one. Operators never may; the view says so."""
    if request.POST.get("role") == Role.ADMINISTRATOR:
        return True
    selected = {kwargs.get("pk"), *request.POST.getlist("pk")}
    keys = [int(key) for key in selected if key is not None and str(key).isdecimal() and len(str(key)) < 19]
    return User.objects.filter(pk__in=keys, is_superuser=True).exists()


def question(request: HttpRequest) -> HttpResponse:
    """The page that asks, around what was sent."""
    return _page(request, PasswordForm(), carried.seal(request.POST, _bound_to(request)))


def answered(request: HttpRequest) -> HttpResponse | None:
    """Take the answer: None when the request may go on, which then holds what was sent at first."""
    token = request.POST[CARRIED]
    sent = carried.unseal(token, _bound_to(request))
    if sent is None:
        sentence = _("Too much time has passed since the form was sent. Nothing is changed; send it anew.")
        messages.error(request, sentence)
        return redirect(_way_back(request))
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, form, token)
    user = authenticate(request, username=request.user.get_username(), password=form.cleaned_data["sudo_password"])
    if user is None or user.pk != request.user.pk:
        form.add_error("sudo_password", _("This is not your password."))
        return _page(request, form, token)
    _confirmed(request)
    log.record("account.password_confirmed", target=user, actor=user)
    request.POST = sent  # type: ignore[assignment]  # immutable in the stubs alone
    return None


def sent_before(request: HttpRequest, who: str) -> QueryDict | None:
    """What this person had sent when the question came, if the answer has met an ended session."""
    user = User.objects.filter(pk=who).first()
    if user is None:
        return None
    return carried.unseal(request.POST[CARRIED], [request.path, None, user.get_session_auth_hash()])


def _page(request: HttpRequest, form: PasswordForm, token: str) -> HttpResponse:
    context = {"form": form, "carried": token, "way_back": _way_back(request), "minutes": _minutes()}
    response = render(request, "accounts/sudo.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _minutes() -> int:
    return int(settings.SUDO_LIFETIME.total_seconds() // 60)


def _way_back(request: HttpRequest) -> str:
    """The page that the form stood on, where the browser tells it."""
    page = request.META.get("HTTP_REFERER", "")
    # A browser tells the whole address. What is none would be taken for the name of a view.
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours and page.startswith("http") else "/"


def _bound_to(request: HttpRequest) -> list[str]:
    """This page, in this session, while the password is what it was."""
    return [request.path, request.session.session_key or "", request.session.get(HASH_SESSION_KEY, "")]
