"""What is stored of an import: how far it is, the people who are still to be added, and the rows that cannot be."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A batch takes a fraction of a second, and the clock calls a worker every ten.
IDLE = timedelta(seconds=30)


class Import(models.Model):
    """One file. Its people leave the database as they are added; the rows that were rejected stay for a while."""

    class State(models.TextChoices):
        """checking → checked → running → done | stopped."""

        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("To be confirmed")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Told from an import whose creator has been deleted since.
    by_command = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    file_name = models.CharField(max_length=255)
    # As the file has them, for the list of what was rejected.
    delimiter = models.CharField(max_length=1, default=",")
    columns = models.JSONField(default=list)
    ignored = models.JSONField(default=list)

    state = models.CharField(max_length=8, choices=State, default=State.CHECKING)
    rows = models.PositiveIntegerField(default=0)
    valid = models.PositiveIntegerField(default=0)  # rows of people who had no account when the file was checked
    handled = models.PositiveIntegerField(default=0)  # how many of these it has come to
    added = models.PositiveIntegerField(default=0)
    present = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it was stopped

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state"], name="import_state")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def state_label(self) -> str:
        return str(self.State(self.state).label)  # get_state_display translates them all each time

    @property
    def state_kind(self) -> str:
        """How a badge draws the state."""
        kinds = {self.State.DONE: "ok", self.State.STOPPED: "bad", self.State.RUNNING: "go", self.State.CHECKED: "warn"}
        return kinds.get(self.State(self.state), "")

    @property
    def is_idle(self) -> bool:
        """Nobody has added anybody for a while, although somebody should."""
        return self.state == self.State.RUNNING and self.moved_at is not None and timezone.now() - self.moved_at > IDLE

    @property
    def seconds_left(self) -> int | None:
        if not self.handled or self.started_at is None or self.moved_at is None:
            return None
        elapsed = (self.moved_at - self.started_at).total_seconds()
        return round(elapsed / self.handled * (self.valid - self.handled))


class ImportBatch(models.Model):
    """People still to be added: added, and this row deleted, in one transaction."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="batches")
    people = models.JSONField()  # for each: e-mail address, name, role, language, time zone

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{len(self.people)} of {self.of}"


class RejectedRow(models.Model):
    """A row that cannot be added, as it was read, and why."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    reason = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
