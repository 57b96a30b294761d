"""Every cause of the vocabulary, with its explanation and remedy. The codes are a public contract: never renamed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from notifications.diagnosis.catalogue import authentication, connection, delivery, envelope, tls
from notifications.diagnosis.cause import Cause

CAUSES: Mapping[str, Cause] = MappingProxyType(
    {cause.code: cause for module in (connection, tls, authentication, envelope, delivery) for cause in module.CAUSES}
)
