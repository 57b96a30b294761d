"""The SMTP Settings page as an administrator uses it: by keyboard, by mouse, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts import creation
from accounts.models import User
from notifications.models import DeliveryTest
from settings_app.models import SMTPSettings
from tests.pages.conftest import PASSWORD, SETTINGS, Visit, notice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill_in(page: Page) -> None:
    page.get_by_label("Server Address").fill("mail.corp.example")
    page.get_by_label("User Name").fill("portal@corp.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm Password", exact=True).fill(PASSWORD)


def test_enter_in_a_field_saves_and_never_sends_a_test(visit: Visit) -> None:
    for label in ("Server Address", "E-mail Address"):
        page = visit(SETTINGS)
        fill_in(page)
        page.get_by_label(label, exact=True).press("Enter")
        expect(page.locator(".callout.is-ok")).to_have_text(re.compile("SMTP settings saved."))

    assert DeliveryTest.objects.count() == 0
    assert SMTPSettings.load().server_address == "mail.corp.example"


def test_saves_without_scripts(visit: Visit) -> None:
    page = visit(SETTINGS, scripts=False)
    fill_in(page)

    page.get_by_role("button", name="Save").click()

    expect(notice(page, "SMTP settings saved.")).to_be_visible()
    assert SMTPSettings.load().get_password() == PASSWORD


def test_saves_by_keyboard_alone(visit: Visit) -> None:
    page = visit(SETTINGS)
    page.get_by_role("link", name="Skip to content").focus()
    page.keyboard.press("Enter")
    fields = {
        "Server Address": "mail.corp.example",
        "User Name": "portal@corp.example",
        "Password": PASSWORD,
        "Confirm Password": PASSWORD,
    }
    for _step in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.labels?.[0]?.textContent.trim()")
        if label in fields:
            page.keyboard.type(fields.pop(label))
        if page.evaluate("document.activeElement.id") == "save":
            page.keyboard.press("Enter")
            break

    expect(notice(page, "SMTP settings saved.").first).to_be_visible()
    assert fields == {}


def test_tls_changes_the_port_only_while_it_holds_the_other_default(visit: Visit) -> None:
    page = visit(SETTINGS)
    tls, port = page.get_by_label("TLS", exact=True), page.get_by_label("Port Number")

    tls.uncheck()
    expect(port).to_have_value("25")
    tls.check()
    expect(port).to_have_value("587")
    port.fill("2525")
    tls.uncheck()
    expect(port).to_have_value("2525")


@pytest.mark.parametrize("scripts", [True, False])
def test_switches_show_and_hide_their_fields(visit: Visit, scripts: bool) -> None:
    page = visit(SETTINGS, scripts=scripts)
    authentication = page.get_by_role("switch", name="SMTP Authentication")

    expect(page.get_by_label("User Name")).to_be_visible()
    expect(page.get_by_text("Optional")).to_have_count(2)
    expect(page.get_by_text("the password travels to the server in clear")).to_be_hidden()
    page.get_by_role("switch", name="TLS").uncheck()
    expect(page.get_by_text("the password travels to the server in clear")).to_be_visible()
    authentication.uncheck()
    for label in ("User Name", "Password", "Confirm Password", "Issued by the provider"):
        expect(page.get_by_label(label, exact=True)).to_be_hidden()
    expect(page.get_by_text("Optional").first).to_be_hidden()
    authentication.check()
    page.get_by_label("Issued by the provider").check()
    expect(page.get_by_text("8 to 20 characters")).to_be_hidden()


def test_rules_of_the_password_are_ticked_off_while_typing(visit: Visit) -> None:
    page = visit(SETTINGS)

    page.get_by_label("Password", exact=True).fill("abcdefgh")

    expect(page.locator(".rules .is-ok")).to_have_text(["8 to 20 characters: met", "A lowercase letter: met"])
    expect(page.locator(".rules .is-not")).to_have_text(
        ["A number: missing", "An uppercase letter: missing", "A special character: missing"]
    )


def test_password_can_be_looked_at(visit: Visit) -> None:
    page = visit(SETTINGS)
    password = page.get_by_label("Password", exact=True)

    page.get_by_role("button", name="Show Password").click()
    expect(password).to_have_attribute("type", "text")
    page.get_by_role("button", name="Show Password").click()
    expect(password).to_have_attribute("type", "password")


def test_sender_follows_the_user_name(visit: Visit) -> None:
    page = visit(SETTINGS)
    sender = page.get_by_label("From E-Mail Address")
    expect(sender).to_have_attribute("placeholder", "no-reply@localhost")

    page.get_by_label("User Name").fill("portal@corp.example")

    expect(sender).to_have_attribute("placeholder", "portal@corp.example")


def test_errors_stand_in_a_summary_that_leads_to_the_fields(visit: Visit) -> None:
    page = visit(SETTINGS)
    page.get_by_label("Server Address").fill("smtp://mail.corp.example:587")
    page.get_by_label("User Name").fill("portal")
    page.get_by_label("Password", exact=True).fill("abcdefgh")
    page.get_by_label("Confirm Password", exact=True).fill("abcdefgh")
    page.get_by_text("Advanced").click()
    page.get_by_label("Timeout").fill("0")
    page.get_by_label("Timeout").press("Enter")

    summary = page.get_by_role("alert", name=re.compile("Not saved"))
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: SMTP Settings"))
    for label in ("Server Address", "Password", "Timeout"):
        summary.get_by_role("link", name=re.compile(f"^{label}:")).click()
        field = page.get_by_label(label, exact=True)
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        described = field.get_attribute("aria-describedby") or ""
        assert all(page.locator(f"[id='{name}']").count() == 1 for name in described.split())
    expect(page.get_by_label("Server Address")).to_have_value("smtp://mail.corp.example:587")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


def test_stored_password_is_kept_and_never_in_the_page(visit: Visit, saved_settings: SMTPSettings) -> None:
    page = visit(SETTINGS)
    expect(page.get_by_text("A password is stored")).to_be_visible()

    page.get_by_label("From Name").fill("Somebody else")
    page.get_by_role("button", name="Save").click()

    expect(notice(page, "SMTP settings saved.").first).to_be_visible()
    assert SMTPSettings.load().get_password() == PASSWORD
    assert PASSWORD not in page.content()
    assert saved_settings.password_sealed not in page.content()


def test_stored_password_is_asked_for_again_as_soon_as_it_would_go_elsewhere(
    visit: Visit, saved_settings: SMTPSettings
) -> None:
    page = visit(SETTINGS)
    password, port = page.get_by_label("Password", exact=True), page.get_by_label("Port Number")
    kept, again = re.compile("Leave both fields empty to keep it"), re.compile("Enter the password again")
    expect(password).to_have_accessible_description(kept)
    for name, another, same in (
        ("Server Address", "relay.corp.example", "MAIL.corp.example "),
        ("User Name", "another@corp.example", "portal@corp.example"),
        ("Port Number", "2525", ""),  # the default
    ):
        page.get_by_label(name).fill(another)
        expect(password).to_have_accessible_description(again)
        expect(password).not_to_have_accessible_description(kept)
        expect(page.locator("#say")).to_have_text(again)
        page.get_by_label(name).fill(same)
        expect(password).to_have_accessible_description(kept)
        expect(password).not_to_have_accessible_description(again)
    page.get_by_role("switch", name="TLS").click()
    expect(password).to_have_accessible_description(again)
    port.fill("587")
    page.get_by_label("From Name").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#problems").get_by_role("link", name=again)).to_be_visible()


def test_typed_password_does_not_come_back_with_an_error(visit: Visit) -> None:
    page = visit(SETTINGS)
    fill_in(page)
    page.get_by_label("Server Address").fill("")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert", name=re.compile("Not saved"))).to_be_visible()
    assert PASSWORD not in page.content()


def test_unsaved_changes_are_named_and_guarded(visit: Visit, saved_settings: SMTPSettings) -> None:
    page = visit(SETTINGS)
    expect(page.get_by_text("Discard changes")).to_be_hidden()
    asked: list[str] = []

    page.get_by_label("From Name").fill("Somebody else")
    expect(page.locator(".savebar")).to_contain_text("Unsaved: From Name")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Notifications").first.click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]

    page.get_by_text("Discard changes").click()
    expect(page.get_by_label("From Name")).to_have_value("Corp Network Operations")
    assert asked == ["beforeunload"]


def test_the_later_of_two_savers_is_told_what_changed(visit: Visit, saved_settings: SMTPSettings) -> None:
    page = visit(SETTINGS)
    other = SMTPSettings.load()
    other.from_name = "Changed meanwhile"
    other.save()

    page.get_by_label("Timeout").evaluate("field => field.closest('details').open = true")
    page.get_by_label("Timeout").fill("60")
    page.get_by_role("button", name="Save").click()

    told = page.get_by_role("alert", name=re.compile("saved these settings meanwhile"))
    expect(told).to_be_focused()
    expect(told.get_by_role("row", name=re.compile("From Name"))).to_contain_text("Changed meanwhile")
    expect(page.get_by_label("Timeout")).to_have_value("60")
    page.get_by_role("button", name="Save").click()
    expect(notice(page, "SMTP settings saved.").first).to_be_visible()


def test_navigation_opens_on_a_phone_and_marks_the_page(visit: Visit, administrator: User) -> None:
    page = visit(SETTINGS, width=320, scripts=False)
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()

    page.get_by_role("button", name="Menu").click()

    expect(page.get_by_role("link", name="SMTP Settings")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_navigation_shows_only_what_one_may_open(visit: Visit) -> None:
    kim = creation.create("kim@corp.example", "Kim Lange", password=PASSWORD)
    page = visit("/account/", user=kim)

    expect(page.get_by_role("navigation", name="Main")).not_to_contain_text("Administration")
    expect(page.get_by_role("link", name=re.compile("Kim Lange"))).to_have_attribute("aria-current", "page")
