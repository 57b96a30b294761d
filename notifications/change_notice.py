"""Every change of the SMTP settings is told to all administrators, over the way that was valid before it.

Whoever has turned the mail to a server of their own would else also decide whether anybody hears of it. The settings of
before are kept, their password sealed, until that was tried; what it does not deliver leaves by the new settings.
"""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from audit.context import current
from notifications import emails, leases, links, moulds, nudge, settlements
from notifications.diagnosis import diagnose
from notifications.leased import Leased
from notifications.models import Attempt, FormerSettings, Notification
from notifications.people import language_of
from notifications.servers import NotReady, server_of
from notifications.settlements import Settlement
from notifications.smtp import Server, Session, SessionFailure
from notifications.verdicts import attempt_of
from settings_app.forms import SMTPSettingsForm
from settings_app.models import SMTPSettings

HEAD_START = timedelta(seconds=30)  # for which the new settings wait for the ones of before; a lost nudge costs as much
PATIENCE = 10.0  # seconds for each step of a server that may have been given up because it no longer answers
KEPT = timedelta(hours=1)

links.register("smtp_settings", lambda _user: reverse("settings_app:smtp-settings"))


def announce(*, settings: SMTPSettings, before: SMTPSettings, changed: tuple[str, ...], **_: Any) -> None:
    """A row for each administrator, in the transaction of the change. The first settings are none."""
    model = get_user_model()
    if not changed or not before.configured or not hasattr(model, "is_superuser"):
        return
    event_id = uuid.uuid4()
    for user in model._default_manager.filter(is_superuser=True, is_active=True):
        with translation.override(language_of(user)):
            by, fields = settings.saved_by, ", ".join(_label(name) for name in changed)
        emails.smtp_settings_changed(
            user, by=by, fields=fields, at=timezone.now(), ip=current.get().ip, event_id=event_id
        )
    values = {name: getattr(before, name) for name in SMTPSettings.FIELDS}
    FormerSettings.objects.create(event_id=event_id, values=values, password_sealed=before.password_sealed)
    Notification.objects.filter(event_id=event_id).update(due_at=timezone.now() + HEAD_START)
    transaction.on_commit(lambda: nudge.tell_of_change(event_id))


def _label(name: str) -> str:
    return str(SMTPSettingsForm.base_fields[name].label)


def deliver(event_id: uuid.UUID) -> None:
    """Once, by the settings of before; what they do not deliver is due at once, for the new ones."""
    former = FormerSettings.objects.filter(event_id=event_id).first()
    # Whoever takes the row away delivers: a task may run twice.
    if former is None or not FormerSettings.objects.filter(pk=former.pk).delete()[0]:
        return
    settings = SMTPSettings(**former.values, password_sealed=former.password_sealed)
    token = uuid.uuid4()
    rows = leases.claim_event(event_id, token)
    ended: list[Settlement] = []
    try:
        server = replace(server_of(settings), timeout=min(settings.timeout, PATIENCE))
        _deliver(rows, settings, server, ended)
    except NotReady:
        pass
    finally:
        settlements.settle(ended, token)
        leases.give_back(rows, token)
    nudge.nudge()


def _deliver(rows: list[Leased], settings: SMTPSettings, server: Server, ended: list[Settlement]) -> None:
    sender = settings.sender
    try:
        with Session(server) as session:
            session.open()
            for row in rows:
                message = moulds.message(row, settings.from_name, sender)
                accepted = session.deliver(sender, row.recipient, message)
                attempt = attempt_of(
                    settings, Attempt.Outcome.DELIVERED, reply=str(accepted.reply), queue_id=accepted.queue_id or "",
                    server=str(settings),
                )  # fmt: skip
                ended.append(settlements.delivered(row, attempt))
    except SessionFailure as failure:
        if len(ended) == len(rows):
            return
        diagnosis = diagnose(failure, server, sender)
        attempt = attempt_of(
            settings, Attempt.Outcome.HELD, cause=diagnosis.cause, server=str(settings),
            talk=failure.evidence.transcript,
        )  # fmt: skip
        ended.append(settlements.held(rows[len(ended)], attempt))


def sweep() -> None:
    """What nobody came to deliver keeps no password."""
    FormerSettings.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
