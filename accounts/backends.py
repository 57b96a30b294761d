"""Who may sign in: the right password, of an account that is active. Failures are counted by the lifecycle."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts import lifecycle
from accounts.models import User


class LockingBackend(ModelBackend):
    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  Django's signature
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        address = username if username is not None else kwargs.get(User.USERNAME_FIELD)
        if address is None or password is None or not (_is_text(address) and _is_text(password)):
            return None
        try:
            user = User.objects.get_by_natural_key(address)
        except User.DoesNotExist:
            # Takes as long as a wrong password, so that the time does not tell which addresses exist.
            User().set_password(password)
            return None
        # Checked whatever the state, for the same reason.
        correct = user.check_password(password)
        if user.lock_has_expired:
            lifecycle.end_expired_lock(user)
        if not correct:
            lifecycle.count_failed_sign_in(user)
            return None
        return user if lifecycle.count_successful_sign_in(user) else None

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            return None
        if user.lock_has_expired:
            lifecycle.end_expired_lock(user)
        return user if self.user_can_authenticate(user) else None

    # Django's own asynchronous twins do not call the methods above, and would know of no lock.
    async def aauthenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)

    async def aget_user(self, user_id: Any) -> User | None:
        return await sync_to_async(self.get_user)(user_id)


def _is_text(value: str) -> bool:
    """Whether a database and a hash can take it: no NUL, no lone surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value
