"""All e-mails, as somebody looks through them who wants to know what their users will read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications.models import Notification
from tests.pages.conftest import KINDS_OF_SIGHT, NOTIFICATIONS, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_looking_and_sending_one_to_oneself(visit: Visit, administrator: User, scripts: bool) -> None:
    page = visit(NOTIFICATIONS, scripts=scripts)
    page.get_by_role("link", name="All e-mails").click()
    page.get_by_role("link", name="Account locked, by an administrator").click()
    letter = page.frame_locator("iframe")
    expect(letter.get_by_role("heading", name="Your account is locked")).to_be_visible()
    expect(page.get_by_text("It stays locked until an administrator unlocks it.")).to_be_visible()
    page.get_by_role("button", name="Send this to me").click()
    # The script says it once more, in the region that is read out.
    expect(page.get_by_text(f"A sample is on its way to {administrator.email}.").first).to_be_visible()
    assert Notification.objects.filter(kind="sample", recipient=administrator.email).count() == 1


def test_it_is_usable(visit: Visit, violations: Callable[[Page], list[str]]) -> None:
    for width, scheme in KINDS_OF_SIGHT:
        page = visit(f"{NOTIFICATIONS}e-mails/email_changed/en/", width=width, scheme=scheme)
        assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.context.close()
