"""What whoever runs the product has to know of it, kept where every process and host can see it."""

from typing import ClassVar

from django.db import models


class Worker(models.Model):
    """A process that was seen at work; one that serves several queues has a row for each."""

    class Kind(models.TextChoices):
        WEB = "web", "web server"
        DELIVERY = "delivery", "delivery worker"
        TESTS = "tests", "worker for test e-mails"
        CLOCK = "clock", "clock"

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
