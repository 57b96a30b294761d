"""What the SMTP Settings page says of the server's last check, and of settings that come from the environment."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications.models import ServerCheck
from settings_app import as_code
from settings_app.models import SMTPSettings
from tests.pages.conftest import KINDS_OF_SIGHT, PASSWORD, SETTINGS, Visit, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def failed_check(saved_settings: SMTPSettings) -> None:
    ServerCheck.objects.create(
        at=timezone.now(), settings_version=saved_settings.version, cause="authenticate.rejected",
        title="The server refuses the user name or the password", certificate_until=timezone.now() + timedelta(days=9),
    )  # fmt: skip


@pytest.fixture
def managed(settings: LazySettings, transactional_db: None) -> None:
    settings.SMTP_FROM_ENVIRONMENT = {
        "server_address": "mail.corp.example", "use_tls": True, "authentication": True, "provider_secret": False,
        "username": "portal@corp.example", "password": PASSWORD,
    }  # fmt: skip
    as_code.apply()


@pytest.mark.parametrize(("width", "scheme"), KINDS_OF_SIGHT)
def test_failed_check_and_certificate_that_ends_are_seen(
    visit: Visit, failed_check: None, violations: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    page = visit(SETTINGS, width=width, scheme=scheme)
    expect(page.get_by_text("The server does not take our sign-in.")).to_be_visible()
    expect(page.get_by_text("The server's certificate ends in")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), KINDS_OF_SIGHT)
def test_settings_of_the_environment_cannot_be_edited(
    visit: Visit, managed: None, violations: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    page = visit(SETTINGS, width=width, scheme=scheme)
    settle(page)
    expect(page.get_by_text("Read-only.")).to_be_visible()
    for label in ("Server Address", "Port Number", "User Name", "EHLO Name", "TLS mode", "CA Certificate"):
        expect(page.get_by_label(label, exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Send Test E-mail")).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
