"""The paths that e-mails lead to. The portal's address is put before them by who sends the message.

One-time links are made anew for each rendering, and so begin to age when the message is sent, not when it is queued.
"""

from functools import cache

from django.contrib.auth.tokens import default_token_generator
from django.urls import get_script_prefix, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User
from accounts.tokens import activation_tokens


def activation_path(user: User) -> str:
    return reverse("accounts:activate", args=[_name(user), activation_tokens.make_token(user)])


def reset_path(user: User) -> str:
    return reverse("accounts:password-reset-confirm", args=[_name(user), default_token_generator.make_token(user)])


def sign_in_path() -> str:
    return _fixed("accounts:sign-in", get_script_prefix())


def password_forgotten_path() -> str:
    return _fixed("accounts:password-reset", get_script_prefix())


@cache
def _fixed(page: str, _prefix: str) -> str:
    """The same for everybody: looked up once, since that costs as much as the rest of a link."""
    return reverse(page)


def _name(user: User) -> str:
    return urlsafe_base64_encode(force_bytes(user.pk))
