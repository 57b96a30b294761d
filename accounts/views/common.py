"""What the pages share: who may open those of users, whose account they may be about, how a form is drawn once."""

from typing import Any, cast

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.functional import SimpleLazyObject
from django.views.generic import FormView

from accounts.models import User
from accounts.roles import MANAGE_USERS, may_manage
from audit.rows import row_of


class UsersMixin(PermissionRequiredMixin):
    permission_required = MANAGE_USERS
    request: HttpRequest

    @property
    def actor(self) -> User:
        return cast(User, self.request.user)


def subject(actor: User, pk: int) -> User:
    """The account that a page is about, if the actor's role reaches to it."""
    user = row_of(User, pk)
    if user is None:
        raise Http404
    if not may_manage(actor, user):
        raise PermissionDenied
    return user


class DrawnOnceMixin(FormView):  # type: ignore[type-arg]  # generic in the stubs alone
    """A form that nobody has sent is made only where its fields are not drawn yet for what they show."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"] = SimpleLazyObject(self.get_form)
            kwargs["drawn_from"] = [self.get_form_class().__name__, *self.shown()]
        return super().get_context_data(**kwargs)

    def shown(self) -> list[Any]:
        """All that the fields of a new form are drawn from, but for the language."""
        return []
