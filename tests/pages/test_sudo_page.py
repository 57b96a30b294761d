"""The question for the password, as somebody meets it who has been away from the screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.models import User
from settings_app.models import SMTPSettings
from tests.pages.conftest import KINDS_OF_SIGHT, PASSWORD, SETTINGS, Visit, notice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = "Typed-before-8"


@pytest.fixture(autouse=True)
def always_ask(settings: LazySettings) -> None:
    settings.SUDO_LIFETIME = timedelta(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_saving_goes_on_where_it_was(visit: Visit, saved_settings: SMTPSettings, scripts: bool) -> None:
    page = visit(SETTINGS, scripts=scripts)
    page.get_by_label("From Name").fill("Night Shift")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    expect(page.get_by_label("Your password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(notice(page, "SMTP settings saved.")).to_be_visible()
    expect(page.get_by_label("From Name")).to_have_value("Night Shift")
    assert SMTPSettings.load().get_password() == PASSWORD


def test_an_answer_after_the_session_loses_nothing(
    visit: Visit, saved_settings: SMTPSettings, administrator: User, settings: LazySettings
) -> None:
    page = visit("/sign-in/", user=None)

    def sign_in() -> None:
        page.get_by_label("E-mail address").fill(administrator.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")

    sign_in()
    page.get_by_label("Server Address").fill("new.corp.example")
    page.get_by_label("Password", exact=True).fill(TYPED)
    page.get_by_label("Confirm Password", exact=True).fill(TYPED)
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_label("Your password")).to_be_focused()
    settings.SUDO_LIFETIME = timedelta(minutes=10)
    Session.objects.all().delete()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    assert TYPED not in page.content()
    assert PASSWORD not in page.content()
    sign_in()
    page.get_by_role("button", name="Go on with what I sent").click()
    expect(notice(page, "SMTP settings saved.")).to_be_visible()
    saved = SMTPSettings.load()
    assert (saved.server_address, saved.get_password()) == ("new.corp.example", TYPED)


def test_cancel_leads_back_and_changes_nothing(visit: Visit, saved_settings: SMTPSettings) -> None:
    page = visit(SETTINGS)
    page.get_by_label("From Name").fill("Night Shift")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Cancel, and change nothing").click()
    expect(page.get_by_label("From Name")).to_have_value("Corp Network Operations")


@pytest.mark.usefixtures("saved_settings")
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit: Visit, violations: Callable[[Page], list[str]]) -> None:
    for width, scheme in KINDS_OF_SIGHT:
        page = visit(SETTINGS, width=width, scheme=scheme)
        page.get_by_role("button", name="Save").last.click()
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Enter your password.")).to_be_visible()
        assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.context.close()
