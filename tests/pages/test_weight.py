"""What the settings page weighs on its way to the browser, and that nothing in it moves while it is drawn."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page

from accounts.models import User
from paragon_smtp import parts
from paragon_smtp.templatetags.frame import head, htmx
from paragon_smtp.templatetags.ui import icon
from settings_app.models import SMTPSettings
from tests.pages.conftest import SETTINGS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RECEIVED = ("responseHeadersSize", "responseBodySize")
SHIFTS = """() => new Promise((tell) => {
    let moved = 0;
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) if (!shift.hadRecentInput) moved += shift.value;
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => tell(moved), 500);
})"""


@pytest.fixture
def served(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[str]:
    """The address of a server that serves the pages' files as `make run` does."""
    layout = parts.Layout(tmp_path, 0, 0, 0, "http://localhost", embedded_broker=False)
    parts.collect_static(layout)
    settings.STATIC_ROOT = str(layout.static)
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    _forget_files()
    server = LiveServerThread("localhost", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    yield f"http://localhost:{server.port}"
    server.terminate()
    _forget_files()


def _forget_files() -> None:
    """What names files that are called otherwise here."""
    for remembered in (icon, head, htmx):
        remembered.cache_clear()


@pytest.fixture
def page(browser: Browser, served: str, administrator: User) -> Iterator[Page]:
    context = browser.new_context(base_url=served, viewport={"width": 1280, "height": 900})
    client = Client()
    client.force_login(administrator)
    name = configured.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": served}])
    yield context.new_page()
    context.close()


def test_settings_page_weighs_less_than_sixty_kilobytes_and_stands_still(
    page: Page, saved_settings: SMTPSettings
) -> None:
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda asked: sizes.update({asked.url: sum(asked.sizes()[kind] for kind in RECEIVED)}))
    page.goto(SETTINGS, wait_until="networkidle")
    assert len(sizes) >= 4
    assert sum(sizes.values()) < 60 * 1024
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.reload(wait_until="networkidle")
        assert page.evaluate(SHIFTS) == 0
