"""What everybody does for themselves: sign in and out, look at one's account, set a password."""

import time
from copy import copy
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from accounts import expired, forms, limits
from accounts.lifecycle import NotPossible
from accounts.models import User
from accounts.throttling import client_ip, even_out, limited
from accounts.tokens import activation_tokens
from accounts.views.common import DrawnOnceMixin

MAX_ADDRESS = 254  # characters, as the account's own field


class SignInView(auth_views.LoginView):
    authentication_form = forms.SignInForm
    template_name = "accounts/sign_in.html"

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        address = request.POST.get("username", "")[:MAX_ADDRESS]
        return limited(request, limits.SIGN_IN, address, lambda: self._try(request, address))

    def _try(self, request: HttpRequest, address: str) -> HttpResponse:
        begun, form = time.monotonic(), self.get_form()
        if not form.is_valid():
            even_out(begun)
            return self.form_invalid(form)
        limits.give_back(limits.SIGN_IN, address, client_ip(request))
        return self.form_valid(form)

    @method_decorator(transaction.atomic)  # with the entries of the audit trail
    def form_valid(self, form: Any) -> HttpResponse:
        return expired.signed_in(self.request, super().form_valid(form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | expired.kept(self.request)


# A session that has ended already is no reason to ask for a password.
@method_decorator(login_not_required, name="dispatch")
class SignOutView(auth_views.LogoutView):
    pass


class OwnAccountView(TemplateView):
    template_name = "accounts/own.html"


class OwnEditView(DrawnOnceMixin):
    form_class = forms.PersonForm
    template_name = "accounts/own_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        user = cast(User, self.request.user)
        # The form writes into its own copy; the page goes on naming its reader as they are.
        return super().get_form_kwargs() | {"actor": user, "instance": copy(user)}

    def shown(self) -> list[Any]:
        user = cast(User, self.request.user)
        return forms.PersonForm.shown(user, user)

    def form_valid(self, form: Any) -> HttpResponse:
        changed = form.change()
        if form.errors:
            return self.form_invalid(form)
        messages.success(self.request, _("The changes are saved.") if changed else _("Nothing was changed."))
        return redirect("accounts:own")


class PasswordChangeView(DrawnOnceMixin, auth_views.PasswordChangeView):
    form_class = forms.PasswordChangeForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:own")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("Your password is changed. Your other sessions are signed out."))
        return response


@method_decorator(login_not_required, name="dispatch")
class LinkRequestView(FormView):  # type: ignore[type-arg]  # generic in the stubs alone
    """Asks for the link that lets in, and answers alike whether the address exists."""

    form_class = forms.LinkForm
    template_name = "accounts/password_forgotten.html"
    success_url = reverse_lazy("accounts:password-reset-done")
    activation = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"activation": self.activation}

    def form_valid(self, form: Any) -> HttpResponse:
        return limited(self.request, limits.LINK, form.cleaned_data["email"], lambda: self._send(form))

    def _send(self, form: Any) -> HttpResponse:
        begun = time.monotonic()
        form.send()
        even_out(begun)
        return super().form_valid(form)


class PasswordForgottenDoneView(auth_views.PasswordResetDoneView):
    template_name = "accounts/password_forgotten_done.html"


class LinkView(auth_views.PasswordResetConfirmView):
    """A one-time link: opening it changes nothing (mail scanners do), sending the form does.

    Django moves the token from the address into the session, so that no Referer tells it.
    """

    success_url = reverse_lazy("accounts:sign-in")
    done: Any = ""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            form.save()
        except NotPossible as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, self.done)
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        return HttpResponseRedirect(str(self.success_url))


class ActivationView(LinkView):
    form_class = forms.ActivationForm
    token_generator = activation_tokens
    template_name = "accounts/activate.html"
    done = _("Your account is active. Sign in with your new password.")


class PasswordResetView(LinkView):
    form_class = forms.ResetForm
    template_name = "accounts/password_reset.html"
    done = _("Your password is changed. Sign in with it.")
