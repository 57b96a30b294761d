"""Usable by everyone: axe-core finds nothing, nothing scrolls sideways, and little travels over the wire."""

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from paragon_smtp.environment import BASE_DIR
from tests.pages.conftest import KINDS_OF_SIGHT, SETTINGS, Visit, settle

browser_test = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("saved_settings")
class TestStates:
    pytestmark = browser_test

    def test_errors_are_as_usable(self, visit: Visit, violations: Callable[[Page], list[str]]) -> None:
        for width, scheme in KINDS_OF_SIGHT:
            page = visit(SETTINGS, width=width, scheme=scheme)
            page.get_by_role("switch", name="TLS").uncheck()
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("alert", name=re.compile("Not saved"))).to_be_visible()
            settle(page)
            assert violations(page) == [], (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            page.context.close()

    def test_navigation_open_on_a_phone(self, visit: Visit, violations: Callable[[Page], list[str]]) -> None:
        page = visit(SETTINGS, width=320)
        page.get_by_role("button", name="Menu").click()

        assert violations(page) == []

    def test_focus_is_visible_and_targets_are_large_enough(self, visit: Visit) -> None:
        page = visit(SETTINGS)
        for _step in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            ring, height = page.evaluate(
                """() => {
                    const element = document.activeElement;
                    return [getComputedStyle(element).outlineStyle, element.getBoundingClientRect().height];
                }"""
            )
            what = page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
            assert ring == "solid", what
            assert height >= 18, what

    def test_icons_come_from_the_sprite(self, visit: Visit) -> None:
        page = visit(SETTINGS)

        box = page.locator(".nav-link use").first.evaluate("use => use.getBBox().width")

        assert box > 0


def compressed(name: str) -> int:
    return len(gzip.compress((BASE_DIR / "static" / name).read_bytes(), 9))


def test_style_sheet_weighs_at_most_ten_kilobytes() -> None:
    assert compressed("paragon.css") <= 10 * 1024


def test_own_script_weighs_at_most_eight_kilobytes() -> None:
    assert compressed("app.js") <= 8 * 1024
