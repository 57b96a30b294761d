"""Administration > User Management > Users: find people among very many. All that was chosen stands in the address."""

from functools import lru_cache
from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F, OrderBy
from django.http import QueryDict
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts import lifecycle
from accounts.deeds import DEEDS
from accounts.models import State, User
from accounts.roles import Role, with_roles
from accounts.search import STATES, Search, search_of
from accounts.views.common import UsersMixin
from audit.rows import Rows

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


class UserListView(UsersMixin, TemplateView):
    template_name = "accounts/user_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lifecycle.end_expired_locks()
        search = search_of(self.request.GET)
        self.sort = self.request.GET.get("sort", "")
        if self.sort.removeprefix("-") not in ORDERS:
            self.sort = "email"
        counts = dict(zip(STATES, _counted(search), strict=True))
        counts[""] = sum(counts.values())
        paginator = Paginator((), PAGE_SIZE)
        paginator.count = counts[search.state]
        # An address with a page that no longer exists shows the last one there is.
        page = paginator.get_page(self.request.GET.get("page"))
        # What is lazy here is asked for where the list is drawn, and not where it is remembered.
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "users": Rows(User, *statement_of_a_page(search, self.sort, page.number), more=["is_operator"]),
            "query": search.query,
            "state": search.state,
            "role": search.role,
            "roles": SimpleLazyObject(lambda: Role.choices),
            "sort": self.sort,
            "counts": counts,
            "tabs": SimpleLazyObject(lambda: _tabs(counts)),
            "columns": SimpleLazyObject(self.columns),
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


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    labels = [("", _("All")), *((state.value, str(state.label)) for state in State)]
    return [(value, label, counts[value]) for value, label in labels]


# Statements are put together once for each address of the list: that takes Django longer than they take the database.


@lru_cache(maxsize=500)
def statement_of_a_page(search: Search, sort: str, number: int) -> tuple[str, tuple[Any, ...]]:
    descending = sort.startswith("-")
    order = [_by(column, descending) for column in ORDERS[sort.removeprefix("-")]]
    users = with_roles(search.users()).order_by(*order)
    return users[(number - 1) * PAGE_SIZE : number * PAGE_SIZE].query.sql_with_params()


def _counted(search: Search) -> list[int]:
    """How many are in each state."""
    with connection.cursor() as cursor:
        cursor.execute(*_of_the_counts(search))
        return list(cursor.fetchone())


@lru_cache(maxsize=500)
def _of_the_counts(search: Search) -> tuple[str, tuple[Any, ...]]:
    found, given = search.of_every_state().order_by().values("state").query.sql_with_params()
    # Not grouped by the state: SQLite would then walk its index and fetch 100,000 rows one by one.
    counts = ", ".join(f"COUNT(CASE WHEN state = '{state}' THEN 1 END)" for state in State.values)
    return f"SELECT {counts} FROM ({found}) AS found", given  # noqa: S608  our own names


def _by(column: str, descending: bool) -> OrderBy:
    if column == "last_login":
        # Those who never signed in stand behind the oldest sign-in, in every database alike.
        return F(column).desc(nulls_last=True) if descending else F(column).asc(nulls_first=True)
    return F(column).desc() if descending else F(column).asc()
