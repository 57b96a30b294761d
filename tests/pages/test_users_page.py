"""The Users pages in a real browser: with and without scripts, for every kind of sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import creation, lifecycle
from accounts.editing import edit
from accounts.models import State, User
from tests.pages.conftest import PASSWORD, USERS, Visit, notice, settle

# Each width and each scheme once: that the colours hold at both widths is shown by test_everybody.py.
KINDS_OF_SIGHT = [(1280, "light"), (320, "dark")]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(administrator: User) -> dict[str, User]:
    """Somebody in each state, with a past."""
    long = "konstantin.maximilian.von-und-zu-hohenberg@engineering.munich.corp.example"
    found = {
        "pending": creation.create("pia@corp.example", "Pia Lindqvist", actor=administrator),
        "active": creation.create(long, "Konstantin Maximilian von und zu Hohenberg", password=PASSWORD),
        "locked": creation.create("omer@corp.example", "Ömer Öztürk", password=PASSWORD, operator=True),
        "disabled": creation.create("kari@corp.example", "Kari Nordmann", password=PASSWORD),
    }
    for _ in range(4):
        lifecycle.lock(found["locked"], reason="sign_in")
        lifecycle.unlock(found["locked"], administrator)
    lifecycle.lock(found["locked"], reason="administrator", actor=administrator)
    edit(found["disabled"], actor=administrator, email="kari.n@corp.example", time_zone="Europe/Oslo")
    lifecycle.disable(found["disabled"], administrator)
    return found


def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visit: Visit, violations: Callable[[Page], list[str]], people: dict[str, User]
) -> None:
    keys = "&".join(f"pk={user.pk}" for user in people.values())
    paths = [
        USERS,
        f"{USERS}?q=zzz&role=operator",
        f"{USERS}add/",
        f"{USERS}selected/?deed=lock&{keys}",
        f"{USERS}{people['active'].pk}/edit/",
        f"{USERS}{people['active'].pk}/delete/",
        "/account/edit/",
        *(f"{USERS}{user.pk}/" for user in people.values()),
    ]
    for width, scheme in KINDS_OF_SIGHT:
        page = visit("/account/", width=width, scheme=scheme)
        for path in paths:
            page.goto(path)
            settle(page)
            assert violations(page) == [], (path, width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
        page.context.close()


def test_pages_of_strangers(visit: Visit, violations: Callable[[Page], list[str]]) -> None:
    for width, scheme in KINDS_OF_SIGHT:
        page = visit("/sign-in/", width=width, scheme=scheme, user=None)
        for path in ("/password/forgotten/", "/password/forgotten/sent/", "/activate/again/", "/activate/x/y/"):
            page.goto(path)
            assert violations(page) == [], (path, width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
        page.context.close()


def test_too_many_attempts(
    visit: Visit, violations: Callable[[Page], list[str]], settings: object, complaints: list[str]
) -> None:
    settings.RATE_LIMITS = {"sign_in": (0, 0), "link": (1, 0)}  # type: ignore[attr-defined]
    for width, scheme in KINDS_OF_SIGHT:
        page = visit("/activate/again/", width=width, scheme=scheme, user=None)
        for _ in range(2):
            page.goto("/activate/again/")
            page.get_by_label("E-mail address").fill("pia@corp.example")
            page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()
        assert violations(page) == [], (width, scheme)
        page.context.close()
    # Chromium reports every refusal on the console.
    complaints[:] = [complaint for complaint in complaints if "429" not in complaint]


@pytest.mark.parametrize("scripts", [True, False])
def test_several_accounts_at_once(visit: Visit, people: dict[str, User], scripts: bool) -> None:
    page = visit(f"{USERS}?state=active&sort=name", scripts=scripts)
    page.get_by_role("checkbox", name=people["active"].email).check()
    page.get_by_label("With those that are ticked:").select_option("Lock")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Lock: 1 account")).to_be_visible()
    expect(page.get_by_text("They are signed out everywhere")).to_be_visible()
    page.get_by_role("button", name="Lock").click()
    expect(notice(page, "Lock: done for 1 account.")).to_be_visible()
    assert page.url.endswith(f"{USERS}?state=active&sort=name")
    people["active"].refresh_from_db()
    assert people["active"].state == State.LOCKED


def test_one_box_ticks_the_page(visit: Visit, people: dict[str, User]) -> None:
    page = visit(USERS)
    all_of_them = page.get_by_role("checkbox", name="All on this page")
    boxes = page.locator("tbody .check")
    all_of_them.check()
    assert boxes.evaluate_all("found => found.every((box) => box.checked)")
    boxes.first.uncheck()
    assert all_of_them.evaluate("box => box.indeterminate")


def test_without_scripts_no_box_promises_what_it_cannot_do(visit: Visit, people: dict[str, User]) -> None:
    page = visit(USERS, scripts=False)
    expect(page.get_by_role("checkbox", name="All on this page")).to_have_count(0)


def test_the_list_by_keyboard(visit: Visit, people: dict[str, User]) -> None:
    page = visit(USERS)
    page.get_by_role("checkbox", name="pia@corp.example").focus()
    page.keyboard.press("Space")
    page.get_by_label("With those that are ticked:").focus()
    page.keyboard.type("Disable")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Disable: 1 account")).to_be_visible()


def test_a_link_is_shown_to_be_handed_over(
    visit: Visit, violations: Callable[[Page], list[str]], people: dict[str, User]
) -> None:
    page = visit(f"{USERS}{people['pending'].pk}/", width=320)
    page.get_by_role("button", name="Show the activation link once").click()
    link = page.locator(".mono.ltr").inner_text()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    stranger = visit(link.removeprefix("http://localhost:8000"), user=None)
    expect(stranger.get_by_role("heading", name="Activate your account")).to_be_visible()
