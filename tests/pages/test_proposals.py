"""What a failed test proposes, on the page: a button that fills in the form, and the chain of certificates."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from notifications import delivery_test
from notifications.smtp import TLSMode
from settings_app.models import SMTPSettings
from tests.pages.conftest import KINDS_OF_SIGHT, SETTINGS, Visit, settle
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import AUTHORITY_PEM, private_chain_context, server_context

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("eager")]


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[MailServer, MailServer]]:
    """A server with TLS from the first byte, and one with STARTTLS on what counts as the usual port here."""
    with mail_server(implicit=server_context()) as implicit, mail_server(starttls=server_context()) as starttls:
        monkeypatch.setattr(delivery_test, "USUAL_PORTS", {starttls.port: TLSMode.STARTTLS})
        yield implicit, starttls


def save(port: int, **changes: object) -> SMTPSettings:
    values = {
        "server_address": "localhost",
        "port": port,
        "authentication": False,
        "from_name": "NOC",
        "from_email": "noc@corp.example",
        "ca_certificate": AUTHORITY_PEM,
        "timeout": 2,
    }
    settings = SMTPSettings(**values | changes)
    settings.save()
    return settings


def send_test(page: Page) -> None:
    page.get_by_role("button", name="Send Test E-mail").click()


def remedy(page: Page) -> Locator:
    return page.get_by_role("paragraph").filter(has_text=re.compile("^Port .* from the first byte"))


def test_a_button_fills_in_what_was_found_and_stores_nothing(
    visit: Visit, administrator: object, pair: tuple[MailServer, MailServer]
) -> None:
    implicit, starttls = pair
    saved = save(implicit.port)
    page = visit(SETTINGS)
    tls_mode = page.get_by_label("TLS mode")
    expect(tls_mode).to_be_hidden()
    send_test(page)
    expect(remedy(page)).to_contain_text(f"Port {implicit.port} of this server speaks TLS from the first byte.")

    page.get_by_role("link", name=f"Use port {implicit.port} with implicit TLS").click()
    expect(tls_mode).to_be_focused()
    expect(tls_mode).to_have_value("implicit")
    expect(page.locator(".savebar")).to_contain_text("Unsaved: TLS mode")
    expect(page.locator("#say")).to_have_text("Filled in, not saved: TLS mode")

    page.get_by_role("link", name=f"Use port {starttls.port} with STARTTLS").click()
    expect(page.get_by_label("Port Number")).to_be_focused()
    expect(page.get_by_label("Port Number")).to_have_value(str(starttls.port))
    expect(tls_mode).to_have_value("starttls")
    assert SMTPSettings.load().version == saved.version

    send_test(page)
    expect(page.get_by_role("heading", name="Delivered", exact=True)).to_be_visible()
    assert (len(implicit.received), len(starttls.received)) == (0, 1)


def test_tls_is_switched_on_and_the_port_is_the_proposed_one(
    visit: Visit, administrator: object, pair: tuple[MailServer, MailServer]
) -> None:
    _, starttls = pair
    save(1, use_tls=False)
    page = visit(SETTINGS)
    send_test(page)

    page.get_by_role("link", name=f"Use port {starttls.port} with STARTTLS").click()

    expect(page.get_by_label("TLS", exact=True)).to_be_focused()
    expect(page.get_by_label("TLS", exact=True)).to_be_checked()
    expect(page.get_by_label("Port Number")).to_have_value(str(starttls.port))


def test_without_scripts_the_page_comes_back_with_the_change_in_the_form(
    visit: Visit, administrator: object, pair: tuple[MailServer, MailServer]
) -> None:
    implicit, starttls = pair
    saved = save(implicit.port)
    page = visit(SETTINGS, scripts=False)
    send_test(page)
    expect(remedy(page)).to_contain_text(f"Port {implicit.port} of this server speaks TLS from the first byte.")

    page.get_by_role("link", name=f"Use port {starttls.port} with STARTTLS").click()

    expect(page.get_by_label("Port Number")).to_have_value(str(starttls.port))
    expect(page.locator(".savebar")).to_contain_text("Unsaved: Port Number, TLS mode")
    assert SMTPSettings.load().version == saved.version


def test_the_chain_is_shown_and_its_authority_fills_ca_certificate(
    visit: Visit, violations: Callable[[Page], list[str]], administrator: object
) -> None:
    context, presented = private_chain_context()
    with mail_server(starttls=context) as server:
        save(server.port)
        page = visit(SETTINGS)
        send_test(page)
        chain = page.get_by_role("list", name="Certificate chain, from the server up")
        expect(chain.get_by_role("listitem")).to_have_count(3)
        expect(chain.locator(".is-bad")).to_contain_text("Corp Root CA")
        expect(chain.locator(".is-bad")).to_contain_text("Self-signed, not trusted here")
        assert violations(page) == []

        page.get_by_role("link", name="Add it to CA Certificate").click()
        expect(page.get_by_label("CA Certificate")).to_be_focused()
        expect(page.get_by_label("CA Certificate")).to_have_value(AUTHORITY_PEM.strip() + "\n" + presented[-1])
        url = page.evaluate("document.querySelector('a[download]').href").replace("report.json", "")

        for width, scheme in KINDS_OF_SIGHT:
            other = visit(url, width=width, scheme=scheme)
            settle(other)
            assert violations(other) == [], (width, scheme)
            assert other.evaluate("document.documentElement.scrollWidth") == width
            other.context.close()

        send_test(page)
        expect(page.get_by_role("heading", name="Delivered", exact=True)).to_be_visible()
    assert SMTPSettings.load().ca_certificate == AUTHORITY_PEM
