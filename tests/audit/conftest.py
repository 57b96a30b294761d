from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from accounts.models import User
from audit.models import Entry

Write = Callable[..., Entry]


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("ingrid@corp.example", "a long pass phrase", name="Ingrid Solberg")


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    QuerySet.delete(Entry.objects.all())
    return client


@pytest.fixture
def write(db: None) -> Write:
    """Writes an entry as of some time `ago`, around what keeps the application from changing one."""

    def write(action: str = "account.locked", ago: timedelta = timedelta(), **values: Any) -> Entry:
        defaults = {"actor_name": "Ingrid Solberg <ingrid@corp.example>", "target": "ann@corp.example"}
        entry = Entry.objects.create(action=action, **defaults | values)
        entry.at -= ago
        QuerySet.update(Entry.objects.filter(pk=entry.pk), at=entry.at)
        return entry

    return write
