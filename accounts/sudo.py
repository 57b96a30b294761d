"""Asking for the password again before what an unattended screen or a stolen session must not do.

What was typed travels through the question sealed, inside the page itself: nothing of it is stored, and nobody but this
session can open it. Which pages ask is written in `paragon_smtp/urls.py`.
"""

import base64
import json
import time
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, authenticate
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from audit import log

CONFIRMED_AT = "password_confirmed_at"  # in the session
CARRIED = "carried"  # in the question's form
CARRIED_FOR = 3600  # seconds


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
    return _page(request, PasswordForm(), _seal(request))


def answered(request: HttpRequest) -> HttpResponse | None:
    """Take the answer: None when the request may go on, which then holds what was sent at first."""
    token = request.POST[CARRIED]
    carried = _open(request, token)
    if carried is None:
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
    request.POST = carried  # type: ignore[assignment]  # immutable in the stubs alone
    return None


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


# What is carried


def _seal(request: HttpRequest) -> str:
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    return _fernet().encrypt(json.dumps([_bound_to(request), sent]).encode()).decode()


def _open(request: HttpRequest, token: str) -> QueryDict | None:
    try:
        bound_to, sent = json.loads(_fernet().decrypt(token.encode(), ttl=CARRIED_FOR))
    except (InvalidToken, UnicodeError):
        return None
    if bound_to != _bound_to(request):
        return None
    carried = QueryDict(mutable=True)
    for name, values in sent.items():
        carried.setlist(name, values)
    carried._mutable = False
    return carried


def _bound_to(request: HttpRequest) -> list[str]:
    """This page, in this session, while the password is what it was."""
    return [request.path, request.session.session_key or "", request.session.get(HASH_SESSION_KEY, "")]


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac("accounts.sudo", "", algorithm="sha256").digest()))
