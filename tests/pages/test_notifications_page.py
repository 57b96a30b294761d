"""Administration > Monitoring > Notifications, as somebody uses it who looks for one e-mail."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications import emails
from notifications.models import Attempt, Notification, Queue
from settings_app.models import SMTPSettings
from tests.pages.conftest import KINDS_OF_SIGHT, NOTIFICATIONS, Visit, notice, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REPLY = "550 5.1.1 <kim@corp.example>: User unknown"


@pytest.fixture
def failed(administrator: User) -> Notification:
    now = timezone.now()
    row = Notification.objects.create(
        kind="password_changed",
        user=administrator,
        recipient="kim@corp.example",
        message_id="<kim@corp.example>",
        state=Notification.State.FAILED,
        due_at=now,
        created_at=now,
        attempts_count=1,
        cause="recipient.unknown",
        last_reply=REPLY,
    )
    Attempt.objects.create(
        notification=row,
        at=now,
        outcome=Attempt.Outcome.REFUSED,
        server="mail.corp.example:587",
        stage="recipient",
        cause="recipient.unknown",
        reply=REPLY,
        dialogue=f"C: RCPT TO:<kim@corp.example>\nS: {REPLY}\nC: DATA\nS: 503 5.5.1 No valid recipients",
    )
    return row


def test_list_tells_to_whom_what_and_how_it_ended(visit: Visit, failed: Notification) -> None:
    page = visit(NOTIFICATIONS)

    row = page.get_by_role("row", name=re.compile("kim@corp.example"))

    expect(row).to_contain_text("Password changed")
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("recipient.unknown")
    expect(row).to_contain_text(REPLY)


def test_search_and_state_live_in_the_address(visit: Visit, failed: Notification) -> None:
    page = visit(NOTIFICATIONS)

    page.get_by_role("link", name=re.compile("^Failed")).click()
    page.get_by_label("Address, Message-ID or queue id").fill("kim@")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"state=failed"))
    expect(page).to_have_url(re.compile(r"q=kim"))
    expect(page.get_by_role("link", name="kim@corp.example")).to_be_visible()
    page.get_by_label("Address, Message-ID or queue id").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No notification fits")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("link", name="kim@corp.example")).to_be_visible()


def test_detail_shows_attempts_and_preview_and_sends_again(visit: Visit, failed: Notification) -> None:
    page = visit(f"{NOTIFICATIONS}{failed.pk}/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Password changed")
    expect(page.locator(".line > li")).to_contain_text("Refused")
    expect(page.locator(".line > li")).to_contain_text(REPLY)
    page.get_by_text("Dialogue with the server").click()
    expect(page.get_by_role("region", name="Dialogue with the server")).to_contain_text("C: DATA")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("password")
    page.get_by_role("button", name="Send again").click()

    expect(notice(page, "on its way again")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == Notification.State.WAITING


def test_waiting_one_can_be_cancelled_without_scripts(visit: Visit, failed: Notification) -> None:
    Notification.objects.filter(pk=failed.pk).update(state=Notification.State.WAITING)
    page = visit(f"{NOTIFICATIONS}{failed.pk}/", scripts=False)

    page.get_by_role("button", name="Cancel this e-mail").click()

    expect(notice(page, "will not be sent")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == Notification.State.CANCELLED


def test_chart_and_bulk_deeds_are_usable_by_everyone(
    visit: Visit, failed: Notification, violations: Callable[[Page], list[str]]
) -> None:
    Queue.objects.create(held_since=timezone.now(), cause="tls.expired")
    for width, scheme in KINDS_OF_SIGHT[1:3]:
        page = visit(NOTIFICATIONS, width=width, scheme=scheme)
        expect(page.get_by_role("img", name="E-mails of the last 14 days, by the day they were made")).to_be_visible()
        settle(page)
        assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.get_by_role("checkbox", name="Password changed: kim@corp.example").check()
        page.get_by_label("With those that are ticked:").select_option("Send again")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Send again: 1 notification")
        expect(page.get_by_text("Mail has been held since")).to_be_visible()
        assert violations(page) == [], (width, scheme)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="Send again").click()

    expect(notice(page, "Send again: done for 1 notification.")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == Notification.State.WAITING


def test_status_line_goes_along_with_the_deliveries(
    visit: Visit, failed: Notification, saved_settings: SMTPSettings
) -> None:
    emails.account_activated(failed.user)
    everything = Notification.objects.all()
    everything.update(state="waiting", created_at=timezone.now())
    page = visit(f"{NOTIFICATIONS}?state=waiting")
    page.clock.install()
    page.reload()
    line, renew = page.locator("[aria-live=polite] .status"), page.get_by_role("link", name="Renew the list")
    count = everything.count()
    expect(line).to_contain_text(f"{count} notifications are waiting for the delivery worker.")
    expect(page.get_by_role("link", name=f"Notifications ({count} waiting)")).to_be_visible()
    expect(renew).to_be_hidden()

    def some_seconds_later() -> None:
        expect(line).not_to_have_class(re.compile("htmx-"))  # htmx has done with the one before
        page.clock.fast_forward(6000)

    first, *others = everything
    deliver = {"state": "delivered", "delivered_at": timezone.now()}
    everything.filter(pk=first.pk).update(**deliver)
    some_seconds_later()
    expect(line).to_contain_text(f"Mail is working. Last delivered just now; {count - 1} waiting.")
    expect(line).not_to_have_attribute("aria-live", "off")
    everything.filter(pk=others[0].pk).update(**deliver)
    some_seconds_later()
    expect(line).to_contain_text(f"{count - 2} waiting.")
    expect(line).to_have_attribute("aria-live", "off")  # a mere count
    renew.focus()
    everything.update(**deliver)
    some_seconds_later()
    expect(line).to_contain_text("none waiting.")
    expect(line).not_to_have_attribute("aria-live", "off")
    expect(page.get_by_role("link", name="Notifications", exact=True).first).to_be_visible()
    expect(renew).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No notification fits")).to_be_visible()
    expect(renew).to_be_hidden()


def test_the_file_is_offered_to_be_kept(visit: Visit, failed: Notification) -> None:
    page = visit(f"{NOTIFICATIONS}?state=failed", scripts=False)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    assert "kim@corp.example" in download.value.path().read_text(encoding="utf-8-sig")


def test_empty_list_says_what_to_do(visit: Visit) -> None:
    Notification.objects.all().delete()
    page = visit(NOTIFICATIONS)

    expect(page.get_by_role("heading", name="No notifications yet")).to_be_visible()
    expect(page.get_by_role("link", name="Go to Users")).to_be_visible()
