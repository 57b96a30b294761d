"""Who may open which page and use which command: docs/security.md, held against the site itself."""

import pytest
from django.conf import LazySettings
from django.core.management import get_commands
from django.db import transaction
from django.http.response import HttpResponseBase

from accounts.expired import STOP_ASKING
from tests.security import site

OWN_APPS = {"accounts", "audit", "notifications", "paragon_smtp", "settings_app"}


@pytest.fixture
def quick(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def refused(response: HttpResponseBase) -> bool:
    if response.status_code in (403, STOP_ASKING):
        return True
    return response.headers.get("Location", "").startswith("/sign-in/?next=")


def test_the_table_names_every_page_and_no_other() -> None:
    assert sorted(site.table()) == sorted({route.path for route in site.routes()})


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", site.ROLES)
def test_pages_open_for_whom_the_table_says(role: str) -> None:
    people, things, table = site.people(), site.things(), site.table()
    wrong = []
    for route in site.routes():
        for method in ("GET", "POST"):
            with transaction.atomic():
                client = site.signed_in(people[role])
                response = client.generic(method, route.filled(things), HTTP_REFERER="http://testserver/")
                transaction.set_rollback(True)
            if response.status_code != 405 and refused(response) == table[route.path][role]:
                wrong.append(f"{method} {route.path}: {response.status_code}")
    assert wrong == []


def test_the_table_names_every_command_and_no_other() -> None:
    named = {cells[0].strip("`") for cells in site.rows("Who may use which command")}
    assert named == {name for name, app in get_commands().items() if app in OWN_APPS}


def test_every_line_of_the_threat_model_has_a_test_that_exists() -> None:
    lines = site.rows("Who could try what")
    assert len(lines) >= 20
    for *_words, tests in lines:
        for name in tests.split(", "):
            path, _, function = name.strip("`").partition("::")
            source = site.BASE_DIR / path
            assert source.is_file(), name
            assert f"def {function}(" in source.read_text(), name
