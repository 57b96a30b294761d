"""A new encryption key: what is stored sealed is sealed anew with the newest one, while everybody goes on reading.

Each secret is its own transaction, and one that somebody else has stored meanwhile is looked at again: a run that is
cut off is taken up by the next one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models, transaction

from audit.log import record
from notifications.models import DeliveryTest, FormerSettings
from settings_app import sealing
from settings_app.models import SMTPSettings

# Every model that keeps something sealed, in a column of this name.
SEALED = "password_sealed"
PLACES: tuple[type[models.Model], ...] = (SMTPSettings, DeliveryTest, FormerSettings)


@dataclass(slots=True)
class Rotation:
    """How many secrets were sealed anew, how many were already, and what no key opens."""

    resealed: int = 0
    already: int = 0
    lost: list[str] = field(default_factory=list)


def rotate() -> Rotation:
    rotation = Rotation()
    for model, key in _sealed():
        try:
            done = _reseal(model, key)
        except sealing.Undecryptable:
            rotation.lost.append(f"{model._meta.verbose_name}: {model._default_manager.get(pk=key)}")
        else:
            rotation.resealed += done
            rotation.already += not done
    return rotation


def _sealed() -> Iterator[tuple[type[models.Model], Any]]:
    for model in PLACES:
        for key in model._default_manager.exclude(**{SEALED: ""}).order_by("pk").values_list("pk", flat=True):
            yield model, key


def _reseal(model: type[models.Model], key: Any) -> bool:
    """Whether there was anything to do. Only the token changes: the settings' version, which workers follow, stays."""
    rows = model._default_manager.filter(pk=key)
    while token := rows.values_list(SEALED, flat=True).first():
        renewed = sealing.reseal(token, keys=settings.SMTP_ENCRYPTION_KEYS)
        if renewed is None:
            return False
        with transaction.atomic():
            if rows.filter(**{SEALED: token}).update(**{SEALED: renewed}):
                record("encryption_key.rotated", target=model._default_manager.get(pk=key), changes={SEALED: "changed"})
                return True
    return False
