"""Administration > User Management > Users: find people, add them, and act on their accounts."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, ListView, View

from accounts import lifecycle
from accounts.deeds import DEEDS, Deed, deeds_for
from accounts.forms import UserForm
from accounts.models import State, User
from accounts.roles import MANAGE_USERS, may_manage

PAGE_SIZE = 50
# What the list can be ordered by, and the columns that do it; the last one makes the order certain.
ORDERS = {
    "email": ("email",),
    "name": ("name", "email"),
    "state": ("state", "email"),
    "created": ("created_at", "pk"),
    "last-sign-in": ("last_login", "pk"),
}


class UsersMixin(PermissionRequiredMixin):
    permission_required = MANAGE_USERS
    request: HttpRequest

    @property
    def actor(self) -> User:
        return cast(User, self.request.user)


class UserListView(UsersMixin, ListView):  # type: ignore[type-arg]  # generic in the stubs alone
    template_name = "accounts/user_list.html"
    context_object_name = "users"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lifecycle.end_expired_locks()
        self.query = request.GET.get("q", "").replace("\x00", "").strip()[:254]
        self.state = request.GET.get("state", "")
        if self.state not in State.values:
            self.state = ""
        self.sort = request.GET.get("sort", "")
        if self.sort.removeprefix("-") not in ORDERS:
            self.sort = "email"
        return super().get(request, *args, **kwargs)

    def found(self) -> QuerySet[User]:
        if not self.query:
            return User.objects.all()
        return User.objects.filter(Q(email__icontains=self.query) | Q(name__icontains=self.query))

    def get_queryset(self) -> QuerySet[User]:
        users = self.found().prefetch_related("groups")
        if self.state:
            users = users.filter(state=self.state)
        sign = "-" if self.sort.startswith("-") else ""
        return users.order_by(*(f"{sign}{column}" for column in ORDERS[self.sort.removeprefix("-")]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        # An address with a page that no longer exists shows the last one there is.
        page = Paginator(self.object_list, PAGE_SIZE).get_page(self.request.GET.get("page"))
        counts = dict(self.found().order_by().values_list("state").annotate(Count("pk")))
        tabs = [("", _("All"), sum(counts.values()))]
        tabs += [(state.value, str(state.label), counts.get(state.value, 0)) for state in State]
        return context | {
            "page_obj": page,
            "users": page.object_list,
            "query": self.query,
            "state": self.state,
            "sort": self.sort,
            "tabs": tabs,
            "columns": self.columns(),
        }

    def columns(self) -> list[dict[str, str]]:
        """The heads of the table: what a click on each sorts by next."""
        labels = {
            "email": _("E-mail address"),
            "name": _("Name"),
            "state": _("State"),
            "last-sign-in": _("Last sign-in"),
            "created": _("Added"),
        }
        present = self.sort.removeprefix("-")
        descending = self.sort.startswith("-")
        return [
            {
                "label": label,
                # Columns that a narrow window leaves out.
                "css": {"last-sign-in": "col-1", "created": "col-2"}.get(key, ""),
                "sort": f"-{key}" if key == present and not descending else key,
                "direction": "" if key != present else "descending" if descending else "ascending",
            }
            for key, label in labels.items()
        ]


class UserAddView(UsersMixin, FormView):  # type: ignore[type-arg]  # generic in the stubs alone
    template_name = "accounts/user_add.html"
    form_class = UserForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

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


class UserView(UsersMixin, DetailView):  # type: ignore[type-arg]  # generic in the stubs alone
    template_name = "accounts/user.html"
    context_object_name = "account"  # "user" is the person who looks
    queryset = User.objects.prefetch_related("groups")

    def get_object(self, queryset: QuerySet[User] | None = None) -> User:
        user: User = super().get_object(queryset)
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
        user = self.subject(pk)
        if not self.deed.asks:
            return HttpResponseNotAllowed(["POST"])
        names = {"user": user.get_short_name()}
        context = {"account": user, "deed": self.deed, "question": str(self.deed.question) % names}
        return render(request, "accounts/user_confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self.subject(pk)
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

    def subject(self, pk: int) -> User:
        user = get_object_or_404(User, pk=pk)
        if not may_manage(self.actor, user):
            raise PermissionDenied
        return user
