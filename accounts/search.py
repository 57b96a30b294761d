"""Looking for people among very many: what the address of the list asks for, and who fits."""

from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.fields import searchable
from accounts.models import State, User
from accounts.roles import Role, of_role


@dataclass(frozen=True, slots=True)
class Search:
    query: str
    state: str
    role: str

    def users(self) -> QuerySet[User]:
        users = self.of_every_state()
        return users.filter(state=self.state) if self.state else users

    def of_every_state(self) -> QuerySet[User]:
        """Those who have every word that was looked for."""
        words = searchable(self.query).encode(errors="replace").decode().split()
        wanted = reduce(and_, (Q(search_text__contains=word) for word in words), Q())
        return User.objects.filter(wanted, of_role(Role(self.role)) if self.role else Q())


# An enumeration puts its values together each time.
STATES, ROLES = tuple(State.values), tuple(Role.values)


def search_of(values: QueryDict) -> Search:
    return Search(
        values.get("q", "").replace("\x00", "").strip()[:254],
        _one_of(STATES, values.get("state", "")),
        _one_of(ROLES, values.get("role", "")),
    )


def _one_of(values: tuple[str, ...], value: str) -> str:
    return value if value in values else ""
