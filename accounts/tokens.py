"""The tokens of activation links: one-time, and ended by age, by activation and by a newer link.

Links for a forgotten password use Django's own generator, whose lifetime is another.
"""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import BadSignature, TimestampSigner

from accounts.models import State, User


class ActivationTokenGenerator(PasswordResetTokenGenerator):
    """In the shape that Django's views ask for; nothing of it is stored."""

    def make_token(self, user: User) -> str:
        return self._signer(user).sign(str(user.link_generation))

    def check_token(self, user: User | None, token: str | None) -> bool:
        if user is None or not token or user.state != State.PENDING:
            return False
        try:
            generation = self._signer(user).unsign(token, max_age=settings.ACTIVATION_LIFETIME)
        except BadSignature:
            return False
        return generation == str(user.link_generation)

    def _signer(self, user: User) -> TimestampSigner:
        return TimestampSigner(sep=".", salt=f"accounts.activation:{user.pk}:{user.email}:{user.password}")


activation_tokens = ActivationTokenGenerator()
