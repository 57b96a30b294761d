"""`make screenshots`: the pages with an example's data, as pictures in docs/screenshots.

Runs on a database and a server of its own, made for the occasion.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


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
        with server() as url:
            take(url, chromium, example())
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


def example() -> dict[str, Any]:
    """An installation that has been in use for a while; gives what the pictures are taken of."""
    from django.utils import timezone

    from accounts import creation
    from notifications.models import Notification
    from settings_app.models import SMTPSettings

    saved = SMTPSettings(
        server_address="mail.corp.example",
        port=587,
        username="portal@corp.example",
        from_name="Corp Network Operations",
        from_email="noc@corp.example",
    )
    saved.set_password("Correct-horse-7")
    saved.save()
    SMTPSettings.objects.update(updated_by="Ingrid Solberg", updated_at=timezone.now() - timedelta(hours=5))
    ingrid = creation.create(
        "ingrid.solberg@corp.example", "Ingrid Solberg", password="Correct-horse-7", administrator=True
    )
    now = timezone.now()
    for name in ("Kim Lange", "Amara Okafor", "Mateo Ruiz", "Yuki Tanaka", "Lena Fischer", "Omar Haddad"):
        address = name.lower().replace(" ", ".") + "@corp.example"
        password = None if name.startswith(("Kim", "Omar")) else "Correct-horse-7"
        creation.create(address, name, actor=ingrid, password=password)
    rows = list(Notification.objects.order_by("pk"))
    for age, row in enumerate(reversed(rows)):
        made = now - timedelta(minutes=17 * age * age + 3)
        Notification.objects.filter(pk=row.pk).update(
            created_at=made,
            state="delivered",
            delivered_at=made + timedelta(seconds=2),
            attempts_count=1,
            last_reply="250 2.0.0 Ok: queued as 4Xk2Tq3mZ8z1y",
            queue_id="4Xk2Tq3mZ8z1y",
        )
    if rows:
        Notification.objects.filter(pk=rows[-1].pk).update(
            state="failed",
            delivered_at=None,
            cause="recipient.unknown",
            last_reply="550 5.1.1 User unknown in local recipient table",
        )
    return {"user": ingrid, "delivered": stored_test(DELIVERED), "failed": stored_test(UNTRUSTED)}


def stored_test(report: dict[str, Any]) -> str:
    """The path of a test that ended with this report."""
    from django.urls import reverse
    from django.utils import timezone

    from notifications.models import DeliveryTest
    from settings_app.models import SMTPSettings

    saved, now = SMTPSettings.load(), timezone.now()
    test = DeliveryTest.objects.create(
        created_at=now,
        started_at=now - timedelta(milliseconds=610 if report["delivered"] else 54),
        ended_at=now,
        recipient="ingrid.solberg@corp.example",
        state=DeliveryTest.State.ENDED,
        stages=report["stages"],
        report=report,
        candidate={name: getattr(saved, name) for name in (*SMTPSettings.FIELDS, "version")},
    )
    return reverse("notifications:test", args=[test.pk])


def take(url: str, chromium: str, of: dict[str, Any]) -> None:
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse
    from playwright.sync_api import sync_playwright

    from tests.pages.conftest import launch

    client = Client()
    client.force_login(of["user"])
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page_of = {name: reverse(name) for name in ("settings_app:smtp-settings", "accounts:users", "notifications:list")}
    shots = [
        ("smtp-settings", page_of["settings_app:smtp-settings"], {}),
        ("smtp-settings-dark", page_of["settings_app:smtp-settings"], {"color_scheme": "dark"}),
        ("smtp-settings-phone", page_of["settings_app:smtp-settings"], {"viewport": {"width": 390, "height": 844}}),
        ("test-delivered", of["delivered"], {}),
        ("test-failed", of["failed"], {}),
        ("users", page_of["accounts:users"], {}),
        ("notifications", page_of["notifications:list"], {}),
        ("sign-in", reverse("accounts:sign-in"), {"signed_out": True, "viewport": {"width": 900, "height": 700}}),
    ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        for name, path, options in shots:
            signed_out = options.pop("signed_out", False)
            context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
            if not signed_out:
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
            page = context.new_page()
            page.goto(url + path)
            # As tall as the page: what stays in sight while scrolling then stands at its end.
            height = page.evaluate("document.documentElement.scrollHeight")
            width = page.viewport_size["width"] if page.viewport_size else 1440
            if "viewport" not in options:
                page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=FOLDER / f"{name}.png")
            sys.stdout.write(f"{FOLDER / name}.png\n")
            context.close()
        take_letters(browser)
        browser.close()


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
        page.screenshot(path=FOLDER / f"e-mails-{scheme}.png", full_page=True)
        sys.stdout.write(f"{FOLDER}/e-mails-{scheme}.png\n")
        page.close()


def stages(*details: str, failed: bool = False) -> list[dict[str, Any]]:
    names = ("resolve", "connect", "greeting", "tls", "authenticate", "sender", "recipient", "message")
    took = (1.9, 0.4, 12.1, 38.6, 471.2, 8.0, 15.3, 64.0)
    last = len(details) - 1
    return [
        {
            "name": name,
            "status": "skipped" if number > last else "failed" if failed and number == last else "ok",
            "elapsed_ms": None if number > last else took[number],
            "detail": "" if number > last else details[number],
        }
        for number, name in enumerate(names)
    ]


SERVER = {"address": "mail.corp.example", "port": 587, "ip": "192.0.2.25", "tls_mode": "starttls"}
OPENING = [
    "S: 220 mail.corp.example ESMTP Postfix",
    "C: EHLO portal.corp.example",
    "S: 250-mail.corp.example",
    "S: 250 STARTTLS",
    "C: STARTTLS",
    "S: 220 2.0.0 Ready to start TLS",
]
REACHED = ("192.0.2.25", "192.0.2.25 port 587", "Postfix; STARTTLS, PIPELINING, SIZE 50 MB")
DELIVERED = {
    "delivered": True,
    "cause": None,
    "stage": "message",
    "title": "",
    "explanation": "",
    "remedy": "",
    "server": SERVER,
    "reply": {"code": 250, "enhanced": "2.0.0", "text": "Ok: queued as 4Xk2Tq3mZ8z1y"},
    "message_id": "<176382.4051@corp.example>",
    "queue_id": "4Xk2Tq3mZ8z1y",
    "stages": stages(
        *REACHED,
        "TLS 1.3; certificate for mail.corp.example, valid until 3 March 2027",
        "SCRAM-SHA-256 as portal@corp.example",
        "noc@corp.example",
        "ingrid.solberg@corp.example",
        "250 2.0.0 Ok: queued as 4Xk2Tq3mZ8z1y",
    ),
    "transcript": OPENING,
}
UNTRUSTED = DELIVERED | {
    "delivered": False,
    "cause": "tls.untrusted",
    "stage": "tls",
    "title": "the certificate is not trusted",
    "explanation": "mail.corp.example showed a certificate signed by “Corp Root CA”, an authority that this system "
    "does not know. The connection was ended before the password was sent.",
    "remedy": "If “Corp Root CA” is your own authority, put its certificate into CA Certificate under Advanced.",
    "reply": None,
    "queue_id": None,
    "stages": stages(*REACHED, "Handshake ended: self-signed certificate in certificate chain", failed=True),
}

if __name__ == "__main__":
    sys.exit(main())
