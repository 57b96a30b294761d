"""`make screenshots`: every page with an example's data, in light, in dark, on a phone and from right to left.

All pictures go to var/screenshots, the main ones to docs/screenshots as well.

Runs on a database and a server of its own, made for the occasion.
"""

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
EVERY, MAIN = ROOT / "var" / "screenshots", ROOT / "docs" / "screenshots"
WIDE = {"width": 1440, "height": 900}
SIGHTS: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "rtl": {"viewport": WIDE, "locale": "ar"},
}
# What the documents show, by page and sight.
MAIN_ONES = {
    ("smtp-settings", "light"): "smtp-settings",
    ("smtp-settings", "dark"): "smtp-settings-dark",
    ("smtp-settings", "phone"): "smtp-settings-phone",
    ("test-delivered", "light"): "test-delivered",
    ("test-failed", "light"): "test-failed",
    ("users", "light"): "users",
    ("notifications", "light"): "notifications",
    ("sign-in", "light"): "sign-in",
}


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.stderr.write("Chromium is needed; on Debian: apt-get install chromium\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="paragon-screenshots-") as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "SECRET_KEY": "for pictures only",
            "DJANGO_SETTINGS_MODULE": "paragon_smtp.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
            "PORTAL_URL": "http://localhost:8000",
        }
        import django

        django.setup()
        logging.getLogger("paragon_smtp.request_log").setLevel(logging.WARNING)
        with server() as url:
            take(url, chromium)
    sys.stdout.write(f"{len(list(EVERY.glob('*.png')))} pictures in {EVERY}, the main ones in {MAIN}\n")
    return 0


@contextmanager
def server() -> Iterator[str]:
    """The pages on a free port, over a fresh test database."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.runner import DiscoverRunner
    from django.test.testcases import LiveServerThread
    from django.test.utils import setup_test_environment

    setup_test_environment()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    try:
        yield f"http://localhost:{thread.port}"
    finally:
        thread.terminate()
        runner.teardown_databases(databases)


def take(url: str, chromium: str) -> None:
    from django.urls import reverse
    from playwright.sync_api import sync_playwright

    from paragon_smtp import readiness
    from tests.pages import example
    from tests.pages.conftest import launch

    # None runs here, and the pages would say so.
    readiness.CHECKS["broker"] = lambda _seen: iter(())
    for folder in (MAIN, EVERY):
        folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        ingrid = example.first_run()
        rounds(browser, url, {"first-run": reverse("settings_app:smtp-settings")}, ingrid)
        of = example.in_use(ingrid)
        rounds(browser, url, {name: of.path(name) for name in example.PAGES}, ingrid)
        rounds(browser, url, {name: of.path(name) for name in example.OUTSIDE}, None)
        take_letters(browser)
        browser.close()


def rounds(browser: Any, url: str, pages: dict[str, str], user: Any) -> None:
    """The pages in every sight, as this user or, without one, as a stranger."""
    from django.conf import settings
    from django.test import Client

    for sight, options in SIGHTS.items():
        if user is not None:
            user.language = "ar" if sight == "rtl" else "en"
            user.save()
        context = browser.new_context(**options)
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}])
        page = context.new_page()
        for name, path in pages.items():
            page.goto(url + path)
            shoot(page, name, sight)
        context.close()


def shoot(page: Any, name: str, sight: str) -> None:
    """As tall as the page: what stays in sight while scrolling then stands at its end."""
    before = page.viewport_size
    if sight == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": before["width"], "height": max(before["height"], height)})
    picture = page.screenshot(path=EVERY / f"{name}-{sight}.png")
    if main := MAIN_ONES.get((name, sight)):
        (MAIN / f"{main}.png").write_bytes(picture)
    page.set_viewport_size(before)


def take_letters(browser: Any) -> None:
    """Every e-mail side by side, in light and in dark."""
    from django.utils.html import escape

    from notifications import messages
    from notifications.samples import samples

    letters = [messages.render(sample.row, preview=True).html for sample in samples("en")]
    frames = [f'<iframe srcdoc="{escape(letter)}" width="620" height="660"></iframe>' for letter in letters]
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, color_scheme=scheme)
        page.set_content(f"<body>{''.join(frames)}")
        page.screenshot(path=MAIN / f"e-mails-{scheme}.png", full_page=True)
        page.close()


if __name__ == "__main__":
    sys.exit(main())
