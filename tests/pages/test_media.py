"""Colours of the reader's own, more contrast, paper, a narrow phone: nothing is told by a background alone."""

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import ElementHandle, Page, expect

from accounts.models import User
from tests.pages import example
from tests.pages.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What shows a state, and how that state is taken away: both must look different.
STATES = {
    "test-running": {
        ".nav-link[aria-current]": "part => part.removeAttribute('aria-current')",
        ".btn-main": "part => part.classList.remove('btn-main')",
        "#save": "part => { part.disabled = true }",
        "#id_use_tls": "part => part.click()",
        "#id_provider_secret": "part => part.click()",
        "#id_server_address": "part => part.closest('.field').classList.add('is-bad')",
        ".is-run": "part => part.classList.replace('is-run', 'is-idle')",
        ".line > .is-ok": "part => part.classList.replace('is-ok', 'is-bad')",
    },
    "users": {
        ".tabs [aria-current]": "part => part.removeAttribute('aria-current')",
        "tbody .check": "part => part.click()",
    },
}
FOCUSED = [".nav-link[aria-current]", "#save", "#id_use_tls", "#id_server_address", "summary"]
BORDERED = ".card, .status, .callout, .input, .select, .check, .switch, .badge, .code, .nav"
LINES_AND_GROUNDS = """(selector) => [...document.querySelectorAll(selector)].filter((part) => part.checkVisibility())
    .map((part) => [part.className, getComputedStyle(part).borderInlineEndColor,
                    getComputedStyle(document.body).backgroundColor])"""


@pytest.fixture
def installation(administrator: User) -> example.Example:
    return example.in_use(administrator)


def shot(page: Page, part: ElementHandle) -> bytes:
    """With what is around it: a ring, an outline."""
    at = part.bounding_box() or {}
    clip = {"x": at["x"] - 6, "y": at["y"] - 6, "width": at["width"] + 12, "height": at["height"] + 12}
    return page.screenshot(clip=clip, animations="disabled")


def forced(page: Page) -> Page:
    """In colours of the reader's own, as tall as it is."""
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 2400})
    return page


def strips_differ(page: Page, one: tuple[float, float], other: tuple[float, float], size: tuple[float, float]) -> bool:
    """Whether two places of a page look different, one of them empty."""
    shots = [page.screenshot(clip={"x": x, "y": y, "width": size[0], "height": size[1]}) for x, y in (one, other)]
    return shots[0] != shots[1]


def test_forced_colours_leave_every_state_apart(visit: Visit, installation: example.Example) -> None:
    page = forced(visit("/account/"))
    alike = []
    for name, states in STATES.items():
        page.goto(installation.path(name))
        # A copy, which does not ask for news of the test that is under way.
        page.evaluate("document.body.replaceWith(document.body.cloneNode(true))")
        for selector, taken_away in states.items():
            part = page.wait_for_selector(selector)
            assert part
            before = shot(page, part)
            part.evaluate(taken_away)
            page.evaluate("document.activeElement.blur()")
            if shot(page, part) == before:
                alike.append(selector)
    assert alike == []


def test_forced_colours_leave_icons_lines_focus_and_progress(visit: Visit, installation: example.Example) -> None:
    page = forced(visit(installation.path("test-failed")))
    colours = page.locator(".callout.is-bad, .status").evaluate_all(
        """parts => parts.flatMap((part) => [part, part.querySelector('.icon')])
            .map((part) => getComputedStyle(part).color)"""
    )
    assert len(set(colours)) == 1, "an icon has a colour of its own"

    stage = page.locator(".line > li").first.bounding_box() or {}
    middle, below = stage["x"] + 8, stage["y"] + 26
    assert strips_differ(page, (middle, below), (middle - 16, below), (6, 4)), "nothing joins the stages"

    for selector in FOCUSED:
        part = page.wait_for_selector(selector)
        assert part
        page.evaluate("document.activeElement.blur()")
        before = shot(page, part)
        page.keyboard.press("Shift")  # what has the focus from now on, has it by keyboard
        part.focus()
        assert shot(page, part) != before, selector

    off = page.get_by_role("switch", name="TLS")
    off.uncheck()
    switch = off.bounding_box() or {}
    inner = switch["y"] + 6
    assert strips_differ(page, (switch["x"] + 6, inner), (switch["x"] + 24, inner), (10, 10)), "no thumb"

    page.evaluate("document.querySelector('main').insertAdjacentHTML('afterbegin', '<progress class=bar max=4>')")
    bar = page.wait_for_selector(".bar")
    assert bar
    done = [(bar.evaluate("(bar, value) => { bar.value = value }", value), shot(page, bar))[1] for value in (1, 3)]
    assert done[0] != done[1]


def contrast(one: str, other: str) -> float:
    """Of two colours as a browser tells them, as WCAG reckons it."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_more_contrast_reaches_lines_and_text(
    visit: Visit, violations: Callable[..., list[str]], installation: example.Example
) -> None:
    page = visit("/account/")
    for name, scheme in itertools.product(("test-failed", "notifications"), ("light", "dark")):
        page.emulate_media(contrast="more", color_scheme=scheme, reduced_motion="reduce")
        page.goto(installation.path(name))
        lines = page.evaluate(LINES_AND_GROUNDS, BORDERED)
        assert len(lines) > 10
        pale = [(part, line, ground) for part, line, ground in lines if contrast(line, ground) < 4.5]
        assert pale == [], (name, scheme)
        assert violations(page, "color-contrast-enhanced") == [], (name, scheme)


def test_paper_has_what_is_told_and_not_what_is_pressed(visit: Visit, installation: example.Example) -> None:
    page = visit(installation.path("test-failed"), scheme="dark")
    page.emulate_media(media="print")
    for gone in (".nav", ".topbar", ".savebar", ".btn >> nth=0"):
        expect(page.locator(gone)).to_be_hidden()
    for kept in (".switch", ".callout", ".line .icon"):
        style = "part => getComputedStyle(part).printColorAdjust"
        assert page.locator(kept).first.evaluate(style) == "exact", kept
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

    page.goto(installation.path("users"))
    expect(page.locator(".tick").first).to_be_hidden()
    expect(page.get_by_label("With those that are ticked:")).to_be_hidden()
    expect(page.locator(".badge").first).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1, "an empty page follows"


BROKEN_INSIDE = """() => {
    const parts = [...document.querySelectorAll('.address')].flatMap((address) => [...address.childNodes])
        .filter((node) => node.nodeType === Node.TEXT_NODE);
    return parts.filter((part) => {
        const range = document.createRange();
        range.selectNodeContents(part);
        return new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1;
    }).map((part) => part.textContent);
}"""


def test_addresses_break_between_their_parts_on_phones(visit: Visit, installation: example.Example) -> None:
    page = visit("/account/", width=320)
    for name in ("users", "notifications", "notification", "audit-trail", "test-delivered"):
        page.goto(installation.path(name))
        assert page.locator(".address:visible").count() > 0, name
        assert page.evaluate(BROKEN_INSIDE) == [], name
        copied = page.locator(".address:visible").first.evaluate(
            "address => { getSelection().selectAllChildren(address); return getSelection().toString(); }"
        )
        assert re.fullmatch(r"[\w.@<>-]+", copied, re.ASCII), "more is copied than is seen"
