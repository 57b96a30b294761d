"""The pages by the keyboard alone: where focus goes, as somebody who does not see the pointer needs it."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import USERS, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Page) -> str:
    """What the focused element is called."""
    return str(page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText.trim()"))


def test_errors_get_the_focus_after_the_skip_link_too(visit: Visit) -> None:
    page = visit(f"{USERS}add/")
    press(page, "Tab")
    assert focused(page) == "Skip to content"
    press(page, "Enter")
    assert page.url.endswith("#main")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("ola@corp")
    press(page, "Enter")

    expect(page.get_by_role("alert", name="Not added")).to_be_focused()
    press(page, "Tab", "Enter")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("alert", name="Not added")).to_be_focused()


def test_menu_of_a_phone_takes_the_focus_and_gives_it_back(visit: Visit) -> None:
    page = visit(USERS, width=320)
    menu, nav = page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Main")
    press(page, "Tab", "Tab")
    expect(menu).to_be_focused()
    press(page, "Enter")
    expect(nav.get_by_role("link", name="Paragon SMTP")).to_be_focused()
    press(page, "Escape")
    expect(menu).to_be_focused()
    expect(nav).to_be_hidden()

    press(page, "Enter")
    nav.get_by_role("button", name="Sign out").focus()
    press(page, "Tab")
    expect(nav).to_be_hidden()
    assert not page.evaluate("document.activeElement.closest('#nav')")
