"""The first run in three steps, and a session that ended meanwhile."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.models import User
from settings_app.models import SMTPSettings
from tests.pages.conftest import PASSWORD, SETTINGS, Visit
from tests.pages.example import stored_test
from tests.pages.reports import DELIVERED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_steps_of_a_new_installation_tick_themselves_off(visit: Visit, scripts: bool) -> None:
    page = visit(SETTINGS, scripts=scripts)
    steps = page.get_by_role("region", name="Three steps until mail goes out").get_by_role("listitem")
    expect(steps).to_have_count(3)
    done = page.locator(".step-done:visible")
    expect(done).to_have_count(0)
    page.get_by_label("Server Address").fill("mail.corp.example")
    expect(done).to_have_count(1)
    expect(steps.first).to_contain_text("Enter the server: done")

    page.get_by_role("switch", name="SMTP Authentication").uncheck()
    page.get_by_label("From Name").fill("Operations")
    page.get_by_label("From E-Mail Address").fill("noc@corp.example")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("SMTP settings saved.").first).to_be_visible()
    expect(steps).to_have_count(0)


def test_a_delivered_test_ticks_its_step(visit: Visit, administrator: User) -> None:
    page = visit(f"{SETTINGS}tests/{stored_test(DELIVERED)}/")
    expect(page.locator(".step-test .step-done")).to_be_visible()


def test_an_ended_session_costs_nothing_that_was_typed(
    visit: Visit, administrator: User, saved_settings: SMTPSettings
) -> None:
    page = visit("/sign-in/", user=None)

    def sign_in() -> None:
        page.get_by_label("E-mail address").fill(administrator.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")

    sign_in()
    expect(page.get_by_role("heading", name="SMTP Settings", exact=True)).to_be_visible()
    Session.objects.all().delete()
    page.get_by_label("From Name").fill("Night Shift")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    sign_in()
    expect(page.get_by_role("button", name="Go on with what I sent")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("SMTP settings saved.").first).to_be_visible()
    expect(page.get_by_label("From Name")).to_have_value("Night Shift")
