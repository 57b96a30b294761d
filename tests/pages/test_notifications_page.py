"""Administration > Monitoring > Notifications, as somebody uses it who looks for one e-mail."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from notifications.models import Attempt, Notification
from tests.pages.conftest import NOTIFICATIONS, Visit

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
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("password")
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_text("on its way again")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == Notification.State.WAITING


def test_waiting_one_can_be_cancelled_without_scripts(visit: Visit, failed: Notification) -> None:
    Notification.objects.filter(pk=failed.pk).update(state=Notification.State.WAITING)
    page = visit(f"{NOTIFICATIONS}{failed.pk}/", scripts=False)

    page.get_by_role("button", name="Cancel this e-mail").click()

    expect(page.get_by_text("will not be sent")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == Notification.State.CANCELLED


def test_empty_list_says_what_to_do(visit: Visit) -> None:
    Notification.objects.all().delete()
    page = visit(NOTIFICATIONS)

    expect(page.get_by_role("heading", name="No notifications yet")).to_be_visible()
    expect(page.get_by_role("link", name="Go to Users")).to_be_visible()
