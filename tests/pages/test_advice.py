"""What the page knows of the provider, and what it says of entries that look wrong, before any test."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from settings_app.models import SMTPSettings
from tests.pages.conftest import KINDS_OF_SIGHT, SETTINGS, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def enter(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)
    page.keyboard.press("Tab")


def test_advice_follows_what_is_typed_and_a_button_fills_it_in(visit: Visit, saved_settings: SMTPSettings) -> None:
    page = visit(SETTINGS)
    advice = page.locator("#advice")
    expect(advice).to_be_empty()
    enter(page, "Server Address", "imap.gmail.com")
    expect(advice.get_by_role("heading", name="Gmail")).to_be_visible()
    expect(advice).to_contain_text("The one for sending is called smtp.gmail.com.")
    enter(page, "Port Number", "993")
    expect(advice).to_contain_text("Port 993 is for reading mail (IMAP).")
    expect(page.locator("#say")).to_contain_text("Port 993 is for reading mail (IMAP).")

    advice.get_by_role("button", name="Fill in smtp.gmail.com, port 587 with STARTTLS").click()

    expect(page.get_by_label("Server Address")).to_have_value("smtp.gmail.com")
    expect(page.get_by_label("Port Number")).to_have_value("587")
    expect(advice.get_by_role("button")).to_have_count(0)
    expect(advice).not_to_contain_text("for reading mail")
    assert SMTPSettings.load().server_address == "mail.corp.example"


def test_without_scripts_the_page_comes_back_filled_in(visit: Visit, saved_settings: SMTPSettings) -> None:
    SMTPSettings.objects.update(server_address="smtp.fastmail.com", port=25)
    page = visit(SETTINGS, scripts=False)
    page.get_by_label("From Name").fill("Typed and not saved")
    page.get_by_text("Advanced").click()
    page.get_by_label("Timeout").fill("soon")
    page.get_by_role("button", name="Fill in smtp.fastmail.com, port 465 with implicit TLS").click()

    expect(page.get_by_label("Port Number")).to_have_value("465")
    expect(page.get_by_label("From Name")).to_have_value("Typed and not saved")
    expect(page.get_by_label("Timeout")).to_have_value("soon")
    expect(page.locator(".savebar")).to_contain_text("Unsaved: Port Number")
    assert SMTPSettings.load().port == 25


def test_passwords_are_looked_at_in_the_page_and_not_sent_for_advice(
    visit: Visit, saved_settings: SMTPSettings
) -> None:
    page = visit(SETTINGS)
    hint = page.locator(".hints").get_by_text("The password looks like an application password shown in groups")
    expect(hint).to_be_hidden()
    with page.expect_request("**/advice/") as request:
        enter(page, "Password", "abcd efgh ijkl mnop")
    expect(hint).to_be_visible()
    sent = request.value.post_data or ""
    assert "server_address" in sent
    assert "abcd efgh" not in sent
    enter(page, "Password", "Quite-good-7\u00a0")
    expect(hint).to_be_hidden()
    expect(page.locator(".hints").get_by_text("The password begins or ends with a space")).to_be_visible()
    enter(page, "Password", "Quite-good-7")
    expect(page.locator(".hints").get_by_text("The password begins or ends with a space")).to_be_hidden()


def test_advice_is_legible_everywhere(
    visit: Visit, violations: Callable[[Page], list[str]], saved_settings: SMTPSettings
) -> None:
    SMTPSettings.objects.update(server_address="smtp.office365.com", port=25, use_tls=False, username="noc")
    for width, scheme in KINDS_OF_SIGHT:
        page = visit(SETTINGS, width=width, scheme=scheme)
        expect(page.locator("#advice").get_by_role("heading", name="Microsoft 365")).to_be_visible()
        assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.context.close()
