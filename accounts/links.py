"""The paths that e-mails lead to. The portal's address is put before them by who sends the message.

One-time links are made anew for each rendering, and so begin to age when the message is sent, not when it is queued.
"""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User
from accounts.tokens import activation_tokens


def activation_path(user: User) -> str:
    return reverse("accounts:activate", args=[_name(user), activation_tokens.make_token(user)])


def reset_path(user: User) -> str:
    return reverse("accounts:password-reset-confirm", args=[_name(user), default_token_generator.make_token(user)])


def sign_in_path() -> str:
    return reverse("accounts:sign-in")


def password_forgotten_path() -> str:
    return reverse("accounts:password-reset")


def _name(user: User) -> str:
    return urlsafe_base64_encode(force_bytes(user.pk))
