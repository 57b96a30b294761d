"""Importing users, as somebody does it who has a file."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.imports import checking, running
from accounts.models import User
from tests.accounts.imports.conftest import table
from tests.pages.conftest import KINDS_OF_SIGHT, USERS, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(table(checking.BATCH * 2) + "nobody,Nemo\n=1+1,Formula\n")
    return path


def choose(page: Page, file: Path) -> None:
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_the_file_to_the_last_user(visit: Visit, people: Path, scripts: bool) -> None:
    page = visit(USERS, scripts=scripts)
    page.get_by_role("link", name="Import", exact=True).click()
    choose(page, people)
    expect(page.get_by_role("heading", name="people.csv")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("nobody"))).to_contain_text("is not an e-mail address")
    expect(
        page.get_by_role("row", name=re.compile("^user1@")).get_by_role("cell", name="User", exact=True)
    ).to_be_visible()
    page.get_by_role("button", name="Add 1,000 users").click()

    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    running.run_batch()
    expect(bar).to_have_attribute("value", "500")
    page.reload()
    expect(bar).to_have_attribute("value", "500")
    running.run()
    # The script says it once more, in the region that is read out.
    done = page.get_by_role("region", name="Import").get_by_text("1,000 users were added, and each gets an e-mail")
    expect(done).to_be_visible(timeout=20_000)
    assert User.objects.filter(email__startswith="user").count() == 1_000

    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    assert download.value.path().read_text("utf-8-sig").splitlines()[2].endswith(",'=1+1,Formula")


def test_a_wrong_file_is_told_and_another_can_be_chosen(visit: Visit, people: Path, tmp_path: Path) -> None:
    page = visit(f"{USERS}import/")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name\nAnn\n")
    choose(page, wrong)
    page.get_by_role("link", name=re.compile("No column is named")).click()
    expect(page.get_by_label("CSV file")).to_be_focused()
    choose(page, people)
    expect(page.get_by_role("button", name="Add 1,000 users")).to_be_visible()


def test_each_state_is_usable(visit: Visit, people: Path, violations: Callable[[Page], list[str]]) -> None:
    first = visit(f"{USERS}import/")
    choose(first, people)
    path = first.url

    def look(path: str) -> None:
        for width, scheme in KINDS_OF_SIGHT:
            page = visit(path, width=width, scheme=scheme)
            assert violations(page) == [], (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            page.context.close()

    look(path)
    look(f"{USERS}import/")
    first.get_by_role("button", name="Add 1,000 users").click()
    expect(first.get_by_role("progressbar")).to_be_visible()
    look(path)
    running.run()
    look(path)
