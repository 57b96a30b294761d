"""Administration > User Management > Users: add people, look at an account, edit it, and act on it."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, View

from accounts import lifecycle
from accounts.deeds import DEEDS, Deed, deeds_for
from accounts.forms import UserForm
from accounts.models import State, User
from accounts.roles import IS_OPERATOR, may_manage
from accounts.views.common import DrawnOnceMixin, UsersMixin, subject
from audit.rows import row_of


class UserAddView(UsersMixin, DrawnOnceMixin):
    template_name = "accounts/user_add.html"
    form_class = UserForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def shown(self) -> list[Any]:
        return UserForm.shown(User(), self.actor)

    def form_valid(self, form: UserForm) -> HttpResponse:
        try:
            user = form.create()
        except lifecycle.NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("%(user)s is added. An e-mail with the activation link is on its way to %(email)s.")
            % {"user": user.get_short_name(), "email": user.email},
        )
        return redirect("accounts:user", user.pk)


class UserEditView(UsersMixin, DrawnOnceMixin):
    template_name = "accounts/user_edit.html"
    form_class = UserForm

    def get_form_kwargs(self) -> dict[str, Any]:
        # The form writes into its own copy; the page goes on naming the account as it is.
        return super().get_form_kwargs() | {"actor": self.actor, "instance": copy(self.account)}

    @cached_property
    def account(self) -> User:
        return subject(self.actor, self.kwargs["pk"])

    def shown(self) -> list[Any]:
        return UserForm.shown(self.account, self.actor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"account": self.account}

    def form_valid(self, form: UserForm) -> HttpResponse:
        changed = form.change()
        if form.errors:
            return self.form_invalid(form)
        if not changed:
            messages.info(self.request, _("Nothing was changed."))
        elif form.cleaned_data["email"] == self.account.email:
            messages.success(self.request, _("The changes are saved."))
        elif self.account.state == State.PENDING:
            text = _("The changes are saved. A new activation link is on its way to %(new)s.")
            messages.success(self.request, text % {"new": form.cleaned_data["email"]})
        else:
            text = _("The changes are saved. E-mails to %(old)s and %(new)s tell of the new address.")
            messages.success(self.request, text % {"old": self.account.email, "new": form.cleaned_data["email"]})
        return redirect("accounts:user", self.account.pk)


class UserView(UsersMixin, DetailView):  # type: ignore[type-arg]  # generic in the stubs alone
    template_name = "accounts/user.html"
    context_object_name = "account"  # "user" is the person who looks

    def get_object(self, _queryset: QuerySet[User] | None = None) -> User:
        user = row_of(User, self.kwargs["pk"], is_operator=IS_OPERATOR)
        if user is None:
            raise Http404
        if user.lock_has_expired:
            lifecycle.end_expired_lock(user)
        return user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_own = self.object.pk == self.actor.pk
        reaches = may_manage(self.actor, self.object)
        deeds = deeds_for(self.object) if reaches and not is_own else []
        return super().get_context_data(**kwargs) | {"deeds": deeds, "is_own": is_own, "reaches": reaches}


class DeedView(UsersMixin, View):
    """Does one deed to one account. With GET it only asks, and only where the deed has a question."""

    http_method_names = ["get", "post"]
    deed: Deed = next(iter(DEEDS.values()))

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = subject(self.actor, pk)
        if not self.deed.asks:
            return HttpResponseNotAllowed(["POST"])
        names = {"user": user.get_short_name()}
        context = {"account": user, "deed": self.deed, "question": str(self.deed.question) % names}
        return render(request, "accounts/user_confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = subject(self.actor, pk)
        names = {"user": user.get_short_name(), "email": user.email}
        try:
            changed = self.deed.perform(user, self.actor)
        except lifecycle.NotPossible as refusal:
            messages.error(request, str(refusal))
            return redirect("accounts:user", pk)
        if changed is False:
            state = user.get_state_display().lower()
            messages.info(request, _("Nothing to do: %(user)s is %(state)s already.") % {**names, "state": state})
        else:
            messages.success(request, str(self.deed.done) % names)
        return redirect(reverse("accounts:users") if user.pk is None else reverse("accounts:user", args=[pk]))
