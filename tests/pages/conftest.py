"""Headless Chromium on the real pages, signed in as an administrator.

A page that reports an error on its console (a script's, a violation of the Content-Security-Policy, a missing file)
fails the test that opened it.
"""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from accounts import creation
from accounts.models import User
from settings_app.models import SMTPSettings
from tests.servers.need import need

Visit = Callable[..., Page]
SETTINGS = "/administration/authentication/smtp-settings/"
NOTIFICATIONS = "/administration/monitoring/notifications/"
USERS = "/administration/user-management/users/"
PASSWORD = "Correct-horse-7"
KINDS_OF_SIGHT = [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")]


def notice(page: Page, text: str) -> Locator:
    """What the last action brought, where it is seen; a moment later it is in the live region as well."""
    return page.locator("[data-say-now]").get_by_text(text)


def settle(page: Page) -> None:
    """Folds open, so that what they hold is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")


def launch(playwright: Any, chromium: str) -> Browser:
    return playwright.chromium.launch(
        executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = need(shutil.which("chromium") or shutil.which("chromium-browser"), "Chromium (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()


@pytest.fixture
def administrator(transactional_db: None) -> User:
    return creation.create("ingrid.solberg@corp.example", "Ingrid Solberg", password=PASSWORD, administrator=True)


@pytest.fixture
def saved_settings(transactional_db: None) -> SMTPSettings:
    saved = SMTPSettings(
        server_address="mail.corp.example",
        port=587,
        username="portal@corp.example",
        from_name="Corp Network Operations",
    )
    saved.set_password(PASSWORD)
    saved.save()
    return saved


@pytest.fixture
def complaints() -> list[str]:
    """The errors on the consoles of a test's pages; one that is expected is to be taken out."""
    return []


@pytest.fixture
def visit(browser: Browser, live_server: Any, administrator: User, complaints: list[str]) -> Iterator[Visit]:
    """Opens a path and gives the page: `visit(path, width=320, scheme="dark", scripts=False, user=None)`."""
    contexts = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.location.get('url')}: {message.text}")

    def open_page(path: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        user = options.get("user", administrator)
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def violations() -> Callable[..., list[str]]:
    """What axe-core has against a page, as lines that a person can act on; by the named rules alone, if any."""
    axe = Axe()

    def check(page: Page, *rules: str) -> list[str]:
        found = axe.run(page, options={"runOnly": rules} if rules else None).response["violations"]
        return [f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found for node in one["nodes"]]

    return check
