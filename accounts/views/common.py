"""What the Users pages share: who may open them, and whose account they may be about."""

from typing import cast

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.roles import MANAGE_USERS, may_manage


class UsersMixin(PermissionRequiredMixin):
    permission_required = MANAGE_USERS
    request: HttpRequest

    @property
    def actor(self) -> User:
        return cast(User, self.request.user)


def subject(actor: User, pk: int) -> User:
    """The account that a page is about, if the actor's role reaches to it."""
    user = get_object_or_404(User.objects.prefetch_related("groups"), pk=pk)
    if not may_manage(actor, user):
        raise PermissionDenied
    return user
