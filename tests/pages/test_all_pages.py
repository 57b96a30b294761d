"""What every page meets, in light and dark, on a phone, magnified, and from right to left: one visit for each page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests.pages import example
from tests.pages.conftest import Visit, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# WCAG 2.2, 2.5.8: 24 px, or so alone that a circle of 24 px around it meets no other; links within sentences apart.
SMALL_TARGETS = """() => {
    const shown = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((part) =>
        part.type !== 'hidden' && !part.disabled && part.checkVisibility({visibilityProperty: true})
        && !part.closest('.vh, .skip') && !part.matches('.vh'));
    const middle = (part, at = part.getBoundingClientRect()) => [at.x + at.width / 2, at.y + at.height / 2];
    const small = shown.filter((part) => {
        const { width, height } = part.getBoundingClientRect();
        return (width < 24 || height < 24) && !(part.tagName === 'A' && part.closest('p, dd, .note, .help, td'));
    });
    return small.filter((part) => shown.some((other) => other !== part
        && Math.hypot(middle(part)[0] - middle(other)[0], middle(part)[1] - middle(other)[1]) < 24))
        .map((part) => part.outerHTML.slice(0, 120));
}"""


# The rules of axe-core whose verdict another theme or width can change.
DEPENDS_ON_SIGHT = ("color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block")


def fits(page: Page, width: int, height: int = 900) -> bool:
    page.set_viewport_size({"width": width, "height": height})
    return bool(page.evaluate("document.documentElement.scrollWidth") == width)


def looked_at(page: Page, violations: Callable[..., list[str]]) -> dict[str, object]:
    """What is wrong with it, by how one looks."""
    settle(page)
    wrong: dict[str, object] = {"light": violations(page), "targets": page.evaluate(SMALL_TARGETS)}
    page.emulate_media(color_scheme="dark")
    wrong["320 px"] = "" if fits(page, 320) else "scrolls sideways"
    wrong["dark, 320 px"] = violations(page, *DEPENDS_ON_SIGHT)
    wrong["200 %"] = "" if fits(page, 640, 360) else "scrolls sideways"
    page.evaluate("document.documentElement.dir = 'rtl'")
    wrong["right to left"] = "" if fits(page, 320) and fits(page, 1280) else "scrolls sideways"
    return {sight: found for sight, found in wrong.items() if found}


@pytest.fixture
def installation(administrator: User) -> example.Example:
    return example.in_use(administrator)


@pytest.mark.parametrize("name", example.PAGES)
def test_pages_within(
    visit: Visit, violations: Callable[..., list[str]], installation: example.Example, name: str
) -> None:
    page = visit(installation.path(name))
    assert page.locator("h1").count() == 1
    assert looked_at(page, violations) == {}


def test_pages_outside(visit: Visit, violations: Callable[..., list[str]], installation: example.Example) -> None:
    page = visit("/sign-in/", user=None)
    for name in example.OUTSIDE:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(installation.path(name))
        assert looked_at(page, violations) == {}, name
