"""What whoever runs the product has to know of it, kept where every process and host can see it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Worker(models.Model):
    """A process that was seen at work; one that serves several queues has a row for each."""

    class Kind(models.TextChoices):
        WEB = "web", _("web server")
        DELIVERY = "delivery", _("delivery worker")
        TESTS = "tests", _("worker for test e-mails")
        CLOCK = "clock", _("clock")

    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=16, choices=Kind)
    seen = models.DateTimeField()
    # Of the SMTP settings, when it last looked for mail; 0 while it has not.
    settings_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "name"], name="worker_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Figures(models.Model):
    """What has been counted of the attempts, up to one of them; one row."""

    PK: ClassVar[int] = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=PK, editable=False)
    upto = models.BigIntegerField(default=0)
    counted = models.JSONField(default=dict)
    # The largest figures that anybody was told: a counter that falls is taken for one that began anew.
    told = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="figures_single")
        ]

    def __str__(self) -> str:
        return f"up to attempt {self.upto}"


class ServerCheck(models.Model):
    """The last sign-in to the server without a message, and when the next is due; one row."""

    PK: ClassVar[int] = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=PK, editable=False)
    due_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    settings_version = models.PositiveIntegerField(default=0)
    # Empty where the server took the sign-in.
    cause = models.CharField(max_length=64, blank=True)
    title = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    certificate_until = models.DateTimeField(null=True)
    # The values of the settings, without the password, with which the server was last seen to work, and when.
    proven = models.CharField(max_length=64, blank=True)
    proven_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="server_check_single")
        ]

    def __str__(self) -> str:
        return self.cause or "well"
