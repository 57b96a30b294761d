"""The append-only record of who did what."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models


class EntryQuerySet(models.QuerySet["Entry"]):
    def update(self, **_values: Any) -> NoReturn:
        raise TypeError("The audit trail is append-only: its entries cannot be changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit trail is append-only: its entries cannot be deleted.")


class Entry(models.Model):
    """One deed: who, what, on what, which fields; secrets only as "changed"."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    # The person may be deleted later; who it was stays readable.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    actor_name = models.CharField(max_length=320)
    action = models.CharField(max_length=64, db_index=True)
    target = models.CharField(max_length=320, blank=True)
    # The account that it was done to, where it was one: addresses and names change, this does not.
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    changes = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        verbose_name_plural = "entries"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject", "-at"], name="audit_of_subject")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.target}".rstrip()
