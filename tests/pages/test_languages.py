"""The pages in German, whose words are long, and in Arabic, which runs from right to left."""

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.pages.conftest import NOTIFICATIONS, SETTINGS, USERS, Visit, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEADINGS = {
    SETTINGS: {"de": "SMTP-Einstellungen", "ar": "إعدادات SMTP"},
    USERS: {"de": "Benutzer", "ar": "المستخدمون"},
    NOTIFICATIONS: {"de": "Benachrichtigungen", "ar": "الإشعارات"},
    "/administration/monitoring/audit-trail/": {"de": "Prüfprotokoll", "ar": "سجل التدقيق"},
    "/account/edit/": {"de": "Ihr Konto bearbeiten", "ar": "تعديل حسابك"},
}


@pytest.mark.usefixtures("saved_settings")
@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_pages_are_whole_in_the_language_of_the_account(
    visit: Visit, violations: Callable[[Page], list[str]], administrator: User, language: str, direction: str
) -> None:
    User.objects.filter(pk=administrator.pk).update(language=language)
    for path, headings in HEADINGS.items():
        page = visit(path, width=320)
        expect(page.get_by_role("heading", level=1)).to_have_text(headings[language])
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [language, direction]
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        assert violations(page) == [], path
        page.context.close()


def test_arabic_has_the_navigation_at_its_beginning_and_addresses_from_left_to_right(
    visit: Visit, administrator: User, saved_settings: object
) -> None:
    User.objects.filter(pk=administrator.pk).update(language="ar")

    page = visit(SETTINGS)

    assert page.evaluate("document.querySelector('.nav').getBoundingClientRect().right") == 1280
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    for name in ("server_address", "port", "username"):
        assert page.locator(f"#id_{name}").evaluate("field => getComputedStyle(field).direction") == "ltr", name


@pytest.mark.usefixtures("administrator")
def test_strangers_read_what_their_browser_asks_for(client) -> None:  # type: ignore[no-untyped-def]
    for language, direction in (("de", "ltr"), ("ar", "rtl"), ("fr", "ltr")):
        response = client.get("/sign-in/", headers={"accept-language": f"{language},en;q=0.5"})
        shown = language if language in dict(settings.LANGUAGES) else "en"
        assert response.headers["Content-Language"] == shown
        assert f'<html lang="{shown}" dir="{direction}">' in response.content.decode()
