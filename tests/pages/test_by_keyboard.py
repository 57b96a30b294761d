"""The pages by the keyboard alone: where focus goes, as somebody who does not see the pointer needs it."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts import creation
from notifications import queue
from notifications.diagnosis import diagnosis_of
from notifications.models import Queue
from settings_app.models import SMTPSettings
from tests.pages.conftest import NOTIFICATIONS, PASSWORD, SETTINGS, USERS, Visit

TRAIL = "/administration/monitoring/audit-trail/"

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
    expect(nav.get_by_role("link", name="Paragon SMTP")).to_be_focused()  # which comes a moment after it has opened
    nav.get_by_role("button", name="Sign out").focus()
    press(page, "Tab")
    expect(nav).to_be_hidden()
    assert not page.evaluate("document.activeElement.closest('#nav')")


def test_search_leads_to_what_it_found(visit: Visit) -> None:
    creation.create("ola@corp.example", "Ola Nordmann")
    for path, name, row in (
        (NOTIFICATIONS, "Address, Message-ID", "ola@corp.example"),
        (USERS, "Name or e-mail", "ingrid.solberg"),
    ):
        page = visit(path, width=320)
        page.get_by_label(name).focus()
        page.keyboard.type(row)
        press(page, "Enter")

        found = page.locator("#found")
        expect(found).to_be_focused()
        expect(found).to_have_accessible_description("1 to 1 of 1")
        expect(found).to_be_in_viewport()
        press(page, "Tab", "Tab")
        assert page.evaluate("document.activeElement.closest('#found') !== null")

        page.get_by_label(name).fill("nobody")
        page.get_by_label(name).press("Enter")
        expect(found).to_be_focused()
        expect(found).to_have_accessible_description(re.compile("fits"))


def test_every_other_way_through_a_list_leads_to_what_it_found(visit: Visit) -> None:
    page = visit(USERS)
    found = page.locator("#found")
    for path, name in ((USERS, "Pending"), (USERS, "Name"), (NOTIFICATIONS, "Waiting"), (NOTIFICATIONS, "Made")):
        page.goto(path)
        page.get_by_role("main").get_by_role("link", name=re.compile(f"^{name}")).focus()
        press(page, "Enter")
        expect(found).to_be_focused()
        expect(found).to_have_accessible_description(re.compile(" of |fits"))
        expect(found).to_be_in_viewport()

    page.goto(TRAIL)
    page.get_by_label("Who, what or where from").fill("ingrid")
    press(page, "Enter")
    expect(found).to_be_focused()
    expect(found).to_have_accessible_name("Entries")
    page.get_by_label("Who, what or where from").fill("nobody")
    press(page, "Enter")
    expect(found).to_be_focused()
    expect(found).to_have_accessible_description("No entry fits")


def test_saving_tells_what_comes_of_it_without_a_new_page(visit: Visit, saved_settings: SMTPSettings) -> None:
    wrong_password = diagnosis_of("authenticate.rejected")
    queue.hold(wrong_password)
    page = visit(SETTINGS)
    line = page.locator("[aria-live=polite] .status")
    expect(line).to_contain_text("Enter User Name, Password")
    page.get_by_label("Password", exact=True).focus()
    page.keyboard.type(PASSWORD)
    page.get_by_label("Confirm Password", exact=True).focus()
    page.keyboard.type(PASSWORD)
    press(page, "Enter")

    expect(line).to_contain_text("It is being tried again now.")
    page.get_by_label("User Name").focus()
    queue.hold(wrong_password)
    expect(line).to_contain_text("Enter User Name, Password")
    assert Queue.objects.get().trials == 1
    expect(page.get_by_label("User Name")).to_be_focused()
    queue.try_now()
    page.reload()
    expect(page.get_by_text("Changed since the last successful test.")).to_be_hidden()
    queue.release()
    expect(line).to_contain_text("Mail is configured.")


def test_cause_leads_to_the_field_that_mends_it(visit: Visit, saved_settings: SMTPSettings) -> None:
    queue.hold(diagnosis_of("tls.untrusted"))
    page = visit(USERS)
    page.get_by_role("link", name="Mend the settings").focus()
    press(page, "Enter")
    certificate = page.get_by_label("CA Certificate")
    expect(certificate).to_be_focused()
    expect(certificate).to_be_in_viewport()

    page.goto(NOTIFICATIONS)
    page.get_by_role("link", name="Go to CA Certificate").focus()
    press(page, "Enter")
    expect(certificate).to_be_focused()


def test_test_is_near_and_fields_say_whether_they_are_needed_and_what_is_wrong_first(visit: Visit) -> None:
    page = visit(SETTINGS)
    press(page, "Tab", "Tab", "Enter")
    expect(page.get_by_label("E-mail Address", exact=True)).to_be_focused()
    password = page.get_by_label("Password", exact=True)
    expect(password).to_have_accessible_description(re.compile("^The password has 8 to 20 characters A number"))
    for label in ("User Name", "Password", "Confirm Password"):
        expect(page.get_by_label(label, exact=True)).to_have_attribute("aria-required", "true")
    expect(page.get_by_label("From Name")).to_have_accessible_description(re.compile("^Optional "))
    page.get_by_role("switch", name="SMTP Authentication").press("Space")
    expect(page.get_by_label("From Name")).to_have_accessible_description(re.compile("^The sender"))
    page.get_by_role("switch", name="SMTP Authentication").press("Space")
    page.get_by_label("Issued by the provider").press("Space")
    expect(password).to_have_accessible_description("")
    page.get_by_label("Server Address").press("Enter")

    expect(password).to_have_accessible_description(re.compile("^Error: "))
