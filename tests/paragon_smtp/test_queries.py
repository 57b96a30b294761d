"""However many rows a page shows, it asks the database the same number of times, also where it remembers nothing."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import creation
from accounts.models import User
from tests.accounts.imports.conftest import checked
from tests.pages.example import DELIVERED, stored_test

pytestmark = pytest.mark.django_db


SETTINGS = "settings_app:smtp-settings"


def questions(client: Client, path: str, *, remembered: bool = False) -> list[str]:
    if not remembered:
        caches["template_fragments"].clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in asked.captured_queries]


@pytest.fixture
def ingrid(db: None) -> User:
    return creation.create("ingrid@corp.example", "Ingrid Solberg", password="Correct-horse-7", administrator=True)


def add_rows(ingrid: User, since: int, until: int) -> None:
    """People with an entry in the trail and an e-mail each, an import, and a test."""
    for number in range(since, until):
        creation.create(f"person.{number}@corp.example", f"Person {number}", actor=ingrid)
        checked(f"email,name\nnew.{number}@corp.example,New {number}\n", actor=ingrid)
        stored_test(DELIVERED)


def test_pages_ask_as_often_for_thirty_rows_as_for_one(client: Client, ingrid: User) -> None:
    add_rows(ingrid, 0, 1)
    client.force_login(ingrid)
    lists = ("accounts:users", "accounts:imports", "audit:trail", "notifications:list", SETTINGS)
    paths = [*map(reverse, lists), reverse("accounts:user", args=[User.objects.get(email__startswith="person").pk])]
    paths.append(reverse("accounts:own"))
    for path in paths:  # what the first visit alone asks for is then known
        client.get(path)
    before = {path: questions(client, path) for path in paths}
    add_rows(ingrid, 1, 30)
    for path in paths:
        asked = questions(client, path)
        assert len(asked) == len(before[path]), (path, sorted(set(asked) - set(before[path])))


def test_settings_page_asks_for_little_and_for_each_thing_once(client: Client, ingrid: User) -> None:
    add_rows(ingrid, 0, 3)
    client.force_login(ingrid)
    new = questions(client, reverse(SETTINGS))
    again = questions(client, reverse(SETTINGS), remembered=True)
    tables = ("notifications_deliverytest", "notifications_worker", "settings_app_smtpsettings", "django_session")
    assert [sum(f'FROM "{table}"' in asked for asked in again) for table in tables] == [0, 0, 1, 1]
    # The session, its user, the settings, how mail is doing, the last check, the state of the tests. Remembered are who
    # is at work, that the database takes a heartbeat, the tests.
    assert (len(new), len(again)) == (9, 6)
