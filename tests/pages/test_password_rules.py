"""Choosing a password of one's own: its rules are ticked off while it is typed, and it can be looked at."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_rules_are_ticked_off_while_typing(visit: Visit) -> None:
    page = visit("/password/change/")
    password = page.get_by_label("New password", exact=True)
    met, missing = page.locator(".rules .is-ok"), page.locator(".rules .is-not")

    expect(page.locator(".rules li")).to_have_text(
        ["At least 12 characters", "More than digits", "Not a common password", "Not like your name or address"]
    )
    password.fill("1234")
    expect(missing).to_have_text(["At least 12 characters: missing", "More than digits: missing"])
    password.fill("123456789012é")
    expect(met).to_have_text(["At least 12 characters: met", "More than digits: met"])
    expect(missing).to_have_count(0)
    described = password.get_attribute("aria-describedby") or ""
    assert "At least 12 characters" in page.locator(f"[id='{described.split()[0]}']").inner_text()
    page.get_by_role("button", name="Show New password", exact=True).click()
    expect(password).to_have_attribute("type", "text")

    page.get_by_label("Present password").fill("wrong")
    password.press("Enter")
    expect(page.get_by_role("alert", name=re.compile("Not changed"))).to_be_visible()
