"""Administration > User Management > Users: find people among very many. All that was chosen stands in the address."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, OrderBy, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.generic import ListView

from accounts import lifecycle
from accounts.deeds import DEEDS
from accounts.models import State, User
from accounts.roles import Role, with_roles
from accounts.search import search_of
from accounts.views.common import UsersMixin

PAGE_SIZE = 50
# What the list can be ordered by, and the columns that do it; the last one makes the order certain.
ORDERS = {
    "email": ("email",),
    "name": ("name", "email"),
    "state": ("state", "email"),
    "created": ("created_at", "pk"),
    "last-sign-in": ("last_login", "pk"),
}


# What the address of the list may hold: whatever leads away from it carries this, to lead back to the same place.
PARAMETERS = ("q", "state", "role", "sort", "page")


def carried(values: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name in PARAMETERS if (value := values.get(name, ""))]


class UserListView(UsersMixin, ListView):  # type: ignore[type-arg]  # generic in the stubs alone
    template_name = "accounts/user_list.html"
    context_object_name = "users"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lifecycle.end_expired_locks()
        self.search = search_of(request.GET)
        self.sort = request.GET.get("sort", "")
        if self.sort.removeprefix("-") not in ORDERS:
            self.sort = "email"
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[User]:
        users = with_roles(self.search.users())
        descending = self.sort.startswith("-")
        return users.order_by(*(_by(column, descending) for column in ORDERS[self.sort.removeprefix("-")]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        # Not grouped by the state: SQLite would then walk its index and fetch 100,000 rows one by one.
        found = self.search.of_every_state()
        counts = found.aggregate(**{state: Count("pk", filter=Q(state=state)) for state in State.values})
        counts[""] = sum(counts.values())
        paginator = Paginator(self.object_list, PAGE_SIZE)
        paginator.count = counts[self.search.state]  # it would count the same once more
        # An address with a page that no longer exists shows the last one there is.
        page = paginator.get_page(self.request.GET.get("page"))
        labels = [("", _("All")), *((state.value, str(state.label)) for state in State)]
        return context | {
            "page_obj": page,
            "users": page.object_list,
            "query": self.search.query,
            "state": self.search.state,
            "role": self.search.role,
            "roles": Role.choices,
            "sort": self.sort,
            "tabs": [(value, label, counts[value]) for value, label in labels],
            "columns": self.columns(),
            "deeds": DEEDS.values(),
            "carried": carried(self.request.GET),
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
                "css": {"name": "col-1", "last-sign-in": "col-1", "created": "col-2"}.get(key, ""),
                "sort": f"-{key}" if key == present and not descending else key,
                "direction": "" if key != present else "descending" if descending else "ascending",
            }
            for key, label in labels.items()
        ]


def _by(column: str, descending: bool) -> OrderBy:
    if column == "last_login":
        # Those who never signed in stand behind the oldest sign-in, in every database alike.
        return F(column).desc(nulls_last=True) if descending else F(column).asc(nulls_first=True)
    return F(column).desc() if descending else F(column).asc()
