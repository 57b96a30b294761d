"""The append-only record of who did what."""

import json
from textwrap import shorten
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from audit import actions
from audit.context import shown

SHOWN_LENGTH = 160


class EntryQuerySet(models.QuerySet["Entry"]):
    def update(self, **_values: Any) -> NoReturn:
        raise TypeError("The audit trail is append-only: its entries cannot be changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit trail is append-only: its entries cannot be deleted.")


class Entry(models.Model):
    """One deed: who, what, on what, which fields; secrets only as "changed".

    The database itself refuses to change or delete one (`append_only.py`).
    """

    at = models.DateTimeField(auto_now_add=True)
    # The person may be deleted later; who it was stays readable.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    actor_name = models.CharField(max_length=320)
    action = models.CharField(max_length=64)
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
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject", "-at"], name="audit_of_subject"),
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["action", "-at", "-id"], name="audit_newest_of_action"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.target}".rstrip()

    @property
    def who(self) -> str:
        return self.actor_name if self.actor_id else shown(self.actor_name)

    @property
    def action_label(self) -> str:
        return actions.label(self.action)

    @property
    def change_lines(self) -> list[tuple[str, str, str]]:
        """Field, old value and new value; the old one is empty where only one is known."""
        return [
            (name, *map(_shown, value)) if isinstance(value, list) and len(value) == 2 else (name, "", _shown(value))
            for name, value in self.changes.items()
        ]


def _shown(value: Any) -> str:
    """A value on one line: of a long one, such as a certificate, the beginning."""
    if value is None or value == "":
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shorten(text, SHOWN_LENGTH, placeholder=" …") if len(text) > SHOWN_LENGTH else text
