"""A form that meets a session which has ended, or has been begun anew in another tab: what was sent is kept, for the
same person alone.

A cookie remembers, signed, who signed in here last; without it nothing is kept. Files are not.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from accounts import carried, sudo
from accounts.forms import SignInForm

LAST = "last_user"  # the cookie
REMEMBERED_FOR = 3600 * 24 * 30  # seconds
SALT = "accounts.expired"
STOP_ASKING = 286  # the status by which htmx is told so
KEPT, RESUMED = "kept", "resumed"  # in the sign-in's form, and in the one that goes on


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own, with the way back into what was sent."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if request.method == "POST" and RESUMED in request.POST and request.user.is_authenticated:
            sent = carried.unseal(request.POST[RESUMED], [request.path, str(request.user.pk)])
            if sent is None:
                sentence = _("Too much time has passed since the form was sent, or somebody else sent it.")
                messages.error(request, sentence + " " + _("Nothing is changed; send it anew."))
                return redirect("home")
            request.POST = sent  # type: ignore[assignment]  # immutable in the stubs alone
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        return answer

    def handle_no_permission(  # type: ignore[override]  # a redirection in the stubs; any answer to Django
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if request.method == "GET" and "HX-Request" in request.headers:
            # A part of a page that asks for itself: it stays as it is, and stops asking.
            return HttpResponse(status=STOP_ASKING, headers={"HX-Reswap": "none"})
        who = _last(request)
        if request.method == "POST" and who and not request.FILES and not _by_script(request):
            sent = _sent(request, who)
            if sent is not None:
                kept = carried.seal(sent, [request.path, who])
                context = {"form": SignInForm(request), "kept": kept, "next": request.get_full_path()}
                return render(request, "accounts/sign_in.html", context)
            messages.warning(request, _not_kept())
        answer: HttpResponseBase = super().handle_no_permission(request, view_func)
        return answer


def stale(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """In the place of Django's page where a form's token does not fit (CSRF_FAILURE_VIEW).

    A sign-in makes the tokens of all pages of before old. Whoever sent one of these from here may go on with it, by a
    press of theirs; what came from elsewhere, or from a browser that does not tell, is not kept.
    """
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if ours and request.user.is_authenticated and not request.FILES and not _by_script(request):
        who = str(request.user.pk)
        sent = _sent(request, who)
        if sent is not None:
            context = {"path": request.get_full_path(), "token": carried.seal(sent, [request.path, who]), "stale": True}
            return render(request, "accounts/go_on.html", context, status=403)
    return csrf_failure(request, reason)


def kept(request: HttpRequest) -> dict[str, str]:
    """What the sign-in page hands on when it is drawn anew."""
    return {"kept": request.POST.get(KEPT, "")}


def signed_in(request: HttpRequest, way: HttpResponse) -> HttpResponse:
    """The answer to a sign-in: the page that goes on, where something is kept, else the way it would have gone."""
    path, token = way.headers["Location"], request.POST.get(KEPT, "")
    answer = way
    if token and carried.unseal(token, [path.split("?")[0], str(request.user.pk)]) is not None:
        answer = render(request, "accounts/go_on.html", {"path": path, "token": token})
    elif token:
        messages.warning(request, _not_kept())
        answer = redirect("home")
    who = signing.dumps(request.user.pk, salt=SALT)
    answer.set_cookie(
        *(LAST, who),
        max_age=REMEMBERED_FOR,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _sent(request: HttpRequest, who: str) -> QueryDict | None:
    """What is worth keeping. The answer to a question is not: it is a password, around what was sent before."""
    if sudo.CARRIED in request.POST:
        return sudo.sent_before(request, who)
    if RESUMED in request.POST:
        return carried.unseal(request.POST[RESUMED], [request.path, who])
    return request.POST


def _not_kept() -> str:
    return _("What was sent before is not kept any more. Nothing of it was done.")


def _last(request: HttpRequest) -> str:
    try:
        return str(signing.loads(request.COOKIES.get(LAST, ""), salt=SALT))
    except signing.BadSignature:
        return ""


def _by_script(request: HttpRequest) -> bool:
    """Answered by a redirection, at which the page's script sends the form itself or gives up quietly."""
    return "HX-Request" in request.headers or "X-Requested-With" in request.headers
