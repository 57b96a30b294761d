"""What every test shares: the servers, and the database. The environment is set in `environment.py`."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import translation

from audit import append_only

pytest_plugins = ["tests.servers.plugin", "tests.servers.postgres", "tests.servers.redis"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Between tests the tables are emptied, which the audit trail would refuse; its own tests forbid it again."""
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        append_only.allow(None, editor)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request leaves its reader's language active; in a process that serves requests the next one sets its own."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What a page remembers for a few seconds is of another installation in the next test."""
    yield
    caches["template_fragments"].clear()


@pytest.fixture
def eager() -> Iterator[None]:
    """The worker is this process; the way through broker and worker is tried in tests/end_to_end."""
    from paragon_smtp.celery import app

    app.conf.task_always_eager = True
    yield
    del app.conf.changes["task_always_eager"]  # what the settings say counts again
