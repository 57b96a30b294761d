"""Signing in and out in the audit trail, whichever way it is done: by Django's own signals."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.dispatch import receiver

from accounts.fields import normalise_email
from accounts.models import User
from audit import log
from audit.addresses import validate_address


@receiver(user_logged_in)
def signed_in(user: User, **_: Any) -> None:
    log.record("account.signed_in", target=user, actor=user)


@receiver(user_logged_out)
def signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        log.record("account.signed_out", target=user, actor=user)


@receiver(user_login_failed)
def sign_in_failed(credentials: Mapping[str, Any], **_: Any) -> None:
    log.record("account.sign_in_failed", target=_who(str(credentials.get("username") or "")))


def _who(typed: str) -> User | str:
    """The account, or the address; nothing that is no address: people type passwords into the wrong field."""
    address = normalise_email(typed)
    try:
        validate_address(address)
    except ValidationError:
        return ""
    return User.objects.filter(email=address).first() or address
