"""What is stored of mail: the outbox, its attempts, whether the queue is held, and test e-mails.

A row's state changes in `outbox.py` and `queue.py` alone; what a state means is written at `Notification.State`.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import kind_of


class Notification(models.Model):
    """One e-mail to one person: the event and its facts, never a token, a rendered body or a secret."""

    class State(models.TextChoices):
        """waiting → sending (under a lease) → delivered | failed | expired | waiting; waiting → cancelled | expired.

        Suppressed from the start: the event is shown with the reason why nothing was sent. Whether a message may have
        been accepted before its connection broke is `outcome_unknown`, beside the state.
        """

        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sending")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        SUPPRESSED = "suppressed", _("Not sent")

    OPEN: ClassVar[tuple[str, ...]] = (State.WAITING, State.SENDING)

    kind = models.CharField(max_length=32)
    event_id = models.UUIDField(default=uuid.uuid4)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    recipient = models.CharField(max_length=320)
    language = models.CharField(max_length=16, default="en")
    facts = models.JSONField(default=dict)
    # Fixed when the notification is made: a message that may have been accepted already keeps it when sent again.
    message_id = models.CharField(max_length=255)
    # Goes before others, because somebody waits for it.
    urgent = models.BooleanField(default=False, db_default=False)
    # After this time it is of no use any more.
    expires_at = models.DateTimeField(null=True)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # When to look at it next; while it is being sent, when its lease ends. One index then finds all that is due.
    due_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True)
    attempts_count = models.PositiveSmallIntegerField(default=0)
    # Connections that broke under this message and were not charged.
    breaks = models.PositiveSmallIntegerField(default=0)
    # A connection broke after the message was handed over and before the server answered: it may be there already.
    outcome_unknown = models.BooleanField(default=False)
    # Of the request that brought it about: the same in the log of whoever delivers it.
    correlation_id = models.CharField(max_length=64, blank=True, db_default="")
    cause = models.CharField(max_length=64, blank=True)
    last_reply = models.TextField(blank=True)
    queue_id = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        permissions = (("manage_notifications", "Can send again and cancel"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event_id", "kind", "recipient"], name="notification_once_per_event"),
            models.CheckConstraint(
                condition=Q(state="sending", lease_token__isnull=False) | (~Q(state="sending") & Q(lease_token=None)),
                name="notification_lease_while_sending",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # What is due, urgent or not: small whatever was delivered before.
            models.Index(
                fields=["urgent", "due_at", "id"],
                name="notification_due_by_urgency",
                condition=Q(state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["-delivered_at"], name="notification_delivered", condition=Q(state="delivered")),
            models.Index(fields=["user", "-created_at"], name="notification_of_user"),
            # What the list's period, its chart and the count of the navigation look at.
            models.Index(fields=["-created_at"], name="notification_made"),
            models.Index(fields=["-created_at"], name="notification_failed", condition=Q(state="failed")),
            # What the list counts by itself; of the others, the indexes above know.
            models.Index(
                fields=["state", "-created_at"],
                name="notification_ended_otherwise",
                condition=Q(state__in=["cancelled", "expired", "suppressed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient} ({self.state})"

    @property
    def kind_label(self) -> str:
        return str(kind_of(self.kind).label)

    @property
    def state_label(self) -> str:
        if self.outcome_unknown and self.state in self.OPEN:
            return str(_("Outcome unknown"))
        return str(self.State(self.state).label)  # get_state_display translates them all each time

    @property
    def state_kind(self) -> str:
        """How a badge draws the state: ok, warn, bad, go or nothing."""
        kinds = {"delivered": "ok", "failed": "bad", "expired": "bad", "sending": "go", "waiting": "warn"}
        return kinds.get(self.state, "")

    @property
    def next_attempt_at(self) -> object:
        return self.due_at if self.state == self.State.WAITING else None

    @property
    def can_cancel(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def can_send_again(self) -> bool:
        return self.state not in self.OPEN and bool(self.recipient)


class Attempt(models.Model):
    """One try to deliver a notification, and how it ended."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused")
        DEFERRED = "deferred", _("Deferred")
        HELD = "held", _("Held")
        UNKNOWN = "unknown", _("Outcome unknown")

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    server = models.CharField(max_length=320, blank=True)
    stage = models.CharField(max_length=16, blank=True)
    cause = models.CharField(max_length=64, blank=True)
    reply = models.TextField(blank=True)
    queue_id = models.CharField(max_length=255, blank=True)
    worker = models.CharField(max_length=255, blank=True)
    settings_version = models.PositiveIntegerField(default=0)
    # What was said, where it was not delivered.
    dialogue = models.TextField(blank=True, db_default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.outcome} {self.cause}".rstrip()


class Queue(models.Model):
    """Whether deliveries are held, why and until when; one row."""

    PK: ClassVar[int] = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=PK, editable=False)
    cause = models.CharField(max_length=64, blank=True)
    title = models.TextField(blank=True)
    explanation = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    # For each other language, the explanation and the remedy.
    told = models.JSONField(default=dict, db_default={})
    held_since = models.DateTimeField(null=True)
    next_trial_at = models.DateTimeField(null=True)
    trials = models.PositiveIntegerField(default=0)
    # Until when the limit of messages a minute is used up.
    spent_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="queue_single")
        ]

    def __str__(self) -> str:
        return self.cause or "flowing"


class DeliveryTest(models.Model):
    """A test e-mail: what the form held, and how the stages went.

    The password is sealed and wiped when the test has ended; the other values, from which the form is redrawn, an hour
    after the start.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")
        EXPIRED = "expired", _("No worker came")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    recipient = models.CharField(max_length=320)
    correlation_id = models.CharField(max_length=64, blank=True, db_default="")
    candidate = models.JSONField(default=dict)
    password_sealed = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    stages = models.JSONField(default=list)
    # Milliseconds that the page spent before a worker could know of it: in the database, and with the broker.
    stored_ms = models.FloatField(null=True)
    handed_ms = models.FloatField(null=True)
    report = models.JSONField(null=True)
    worker = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-created_at"], name="delivery_test_newest")]

    def __str__(self) -> str:
        return f"test to {self.recipient} ({self.state})"


class FormerSettings(models.Model):
    """The SMTP settings before a change, until that change was told by them."""

    event_id = models.UUIDField(unique=True)
    values = models.JSONField()
    password_sealed = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "former SMTP settings"

    def __str__(self) -> str:
        return f"{self.values.get('server_address')}:{self.values.get('port')}"


from notifications.operation.models import Figures, ServerCheck, Worker  # noqa: E402, F401  Django looks for models in this module
