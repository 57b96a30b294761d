"""EMAIL_BACKEND: what Django or a third party sends leaves at once, with the saved settings.

What this product sends itself goes through the outbox instead.
"""

from collections.abc import Sequence
from email.utils import getaddresses
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from notifications.diagnosis import Diagnosis, diagnose
from notifications.servers import NotReady, server_of
from notifications.smtp import Session, SessionFailure
from settings_app.models import SMTPSettings


class NotDelivered(OSError):
    """Why a message did not leave, with its cause. An OSError, as callers expect of a mail backend."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(f"{diagnosis.explanation} {diagnosis.remedy}")
        self.diagnosis = diagnosis


class SavedSettingsBackend(BaseEmailBackend):
    """Delivers over one connection; `send_messages` returns how many messages reached all their recipients."""

    def __init__(self, fail_silently: bool = False, **_kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        messages = [message for message in email_messages if message.recipients()]
        if not messages:
            return 0
        try:
            return self._deliver(messages)
        except NotDelivered:
            if not self.fail_silently:
                raise
            return 0

    def _deliver(self, messages: Sequence[EmailMessage]) -> int:
        saved = SMTPSettings.load()
        try:
            server = server_of(saved)
        except NotReady as fault:
            raise NotDelivered(fault.diagnosis) from None
        sender = recipient = ""
        delivered = 0
        try:
            with Session(server) as session:
                session.open()
                for message in messages:
                    sender = _address(message.from_email, message.encoding) or saved.sender
                    content = message.message().as_bytes()
                    # One recipient for each transaction: a refusal is then never hidden behind an acceptance.
                    for recipient in message.recipients():
                        session.deliver(sender, _address(recipient, message.encoding), content)
                    delivered += 1
        except SessionFailure as failure:
            raise NotDelivered(diagnose(failure, server, sender, recipient)) from None
        return delivered


def _address(value: str, encoding: str | None) -> str:
    """The address alone, its domain as DNS knows it."""
    return getaddresses([sanitize_address(value, encoding or "utf-8")])[0][1] if value else ""
