"""Send Test E-mail on the page: what is shown while it runs and when it has ended."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications.models import DeliveryTest
from notifications.presentation import LABELS
from settings_app.models import SMTPSettings
from tests.pages.conftest import KINDS_OF_SIGHT, PASSWORD, SETTINGS, Visit, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TESTS = "/administration/authentication/smtp-settings/tests/"


def stages(reached: int, last: str = "ok") -> list[dict[str, Any]]:
    """The first stages as passed, the one after them as `last`, the others as not reached."""
    status = [*["ok"] * reached, last, *["skipped"] * len(LABELS)]
    return [
        {"name": name, "status": status[number], "elapsed_ms": 1.9, "detail": ""} for number, name in enumerate(LABELS)
    ]


REFUSED = {
    "delivered": False,
    "cause": "recipient.unknown",
    "title": "the mailbox does not exist",
    "stage": "recipient",
    "explanation": "The server knows no mailbox <b>nobody@corp.example</b>.",
    "remedy": "Correct the address.",
    "server": {"address": "mail.corp.example", "port": 587, "ip": "192.0.2.7", "tls_mode": "starttls"},
    "reply": {"code": 550, "enhanced": "5.1.1", "text": "User unknown"},
    "message_id": "<1@corp.example>",
    "queue_id": None,
    "stages": stages(6, "failed"),
    "transcript": ["S: 220 mail.corp.example ESMTP", "C: EHLO portal.corp.example"],
}


@pytest.fixture
def running(saved_settings: SMTPSettings) -> DeliveryTest:
    """A test that a worker has taken and that has reached its third stage."""
    now = timezone.now()
    return DeliveryTest.objects.create(
        pk=uuid.uuid4(),
        created_at=now,
        started_at=now,
        recipient="nobody@corp.example",
        state=DeliveryTest.State.RUNNING,
        stages=stages(2, "running")[:3],
        candidate={name: getattr(saved_settings, name) for name in (*SMTPSettings.FIELDS, "version")}
        | {"from_name": "Typed and not saved"},
    )


def end(test: DeliveryTest, report: dict[str, Any]) -> None:
    DeliveryTest.objects.filter(pk=test.pk).update(
        state=DeliveryTest.State.ENDED,
        ended_at=test.started_at + timedelta(milliseconds=54),
        report=report,
        stages=report["stages"],
    )


def expect_refusal(page: Page) -> None:
    told = page.get_by_role("alert").filter(has_text="Not delivered: the mailbox does not exist")
    expect(told).to_contain_text("The server knows no mailbox <b>nobody@corp.example</b>.")
    expect(told).to_contain_text("550 5.1.1 User unknown")
    expect(told).to_contain_text("recipient.unknown")
    expect(page.get_by_text("Correct the address.", exact=True)).to_be_visible()
    expect(page.locator(".line > .is-bad")).to_contain_text("Recipient: failed")


def test_stages_fill_by_themselves_until_the_test_has_ended(visit: Visit, running: DeliveryTest) -> None:
    page = visit(f"{TESTS}{running.pk}/")
    expect(page.locator(".line > .is-run")).to_contain_text("Greeting")
    expect(page.locator(".line > .is-ok")).to_have_count(2)
    expect(page.locator("#say")).to_have_text("Stage 3 of 8: Greeting …")

    end(running, REFUSED)

    expect_refusal(page)
    expect(page.locator("#test-panel")).not_to_have_attribute("hx-get", re.compile(".*"))
    expect(page.locator("#last-tests .tests > li")).to_contain_text("Not delivered")


def test_page_of_a_running_test_asks_for_itself_without_scripts(visit: Visit, running: DeliveryTest) -> None:
    page = visit(f"{TESTS}{running.pk}/", scripts=False)
    expect(page.locator(".line > .is-run")).to_contain_text("Greeting")
    expect(page.get_by_label("From Name")).to_have_value("Typed and not saved")
    expect(page.locator(".savebar")).to_contain_text("Unsaved: From Name")

    end(running, REFUSED)

    expect_refusal(page)


@pytest.mark.parametrize("ended", [True, False])
def test_axe_finds_nothing_in_the_panel(
    visit: Visit, violations: Callable[[Page], list[str]], running: DeliveryTest, ended: bool
) -> None:
    if ended:
        end(running, REFUSED)
    for width, scheme in KINDS_OF_SIGHT:
        page = visit(f"{TESTS}{running.pk}/", width=width, scheme=scheme)
        settle(page)
        assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.context.close()


def test_a_test_that_broke_off_says_so(visit: Visit, running: DeliveryTest) -> None:
    page = visit(f"{TESTS}{running.pk}/")

    DeliveryTest.objects.filter(pk=running.pk).update(state=DeliveryTest.State.ENDED, ended_at=timezone.now())

    expect(page.get_by_role("alert").filter(has_text="The test broke off")).to_be_visible()


def test_dialogue_is_in_a_fold_and_the_report_is_at_hand(visit: Visit, running: DeliveryTest) -> None:
    end(running, REFUSED)
    page = visit(f"{TESTS}{running.pk}/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_text("S: 220 mail.corp.example ESMTP").first).to_be_hidden()

    page.get_by_text("Dialogue with the server").first.click()
    expect(page.get_by_role("region", name="Dialogue with the server")).to_contain_text("C: EHLO portal.corp.example")
    page.get_by_role("button", name="Copy report").click()
    expect(page.get_by_role("button", name="Report copied")).to_be_visible()
    assert "not delivered, the mailbox does not exist (recipient.unknown)" in page.evaluate(
        "navigator.clipboard.readText()"
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    assert '"cause": "recipient.unknown"' in download.value.path().read_text()


def test_button_tests_what_is_typed_and_leaves_it_in_the_form(
    visit: Visit, saved_settings: SMTPSettings, eager: None
) -> None:
    page = visit(SETTINGS)
    page.get_by_label("Server Address").fill("127.0.0.1")
    page.get_by_label("Port Number").fill("1")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm Password", exact=True).fill(PASSWORD)

    page.get_by_role("button", name="Send Test E-mail").click()

    expect(page.get_by_role("alert").filter(has_text="connect.refused")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_value(PASSWORD)
    expect(page.get_by_label("Server Address")).to_have_value("127.0.0.1")
    assert PASSWORD not in page.content()
    assert SMTPSettings.load().server_address == "mail.corp.example"
    assert DeliveryTest.objects.get().password_sealed == ""


@pytest.mark.parametrize("scripts", [True, False])
def test_the_result_joins_the_last_tests_and_each_opens_its_own(
    visit: Visit, saved_settings: SMTPSettings, eager: None, scripts: bool
) -> None:
    SMTPSettings.objects.update(server_address="127.0.0.1", port=1, authentication=False, from_email="noc@corp.example")
    page = visit(SETTINGS, scripts=scripts)
    expect(page.get_by_text("No test yet.")).to_be_visible()

    page.get_by_role("button", name="Send Test E-mail").click()

    page.get_by_text("The way of this test").click()
    expect(
        page.locator("#test-panel").get_by_role("term").filter(has_text="With the worker and the server")
    ).to_be_visible()
    page.get_by_text("Last tests").click()
    listed = page.locator("#last-tests .tests > li")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("Not delivered")
    expect(listed).to_contain_text("127.0.0.1:1 to ingrid.solberg@corp.example, by Ingrid Solberg")
    listed.get_by_role("link").click()
    page.wait_for_url(f"**{TESTS}*/")
    expect(page.get_by_role("heading", name="Not delivered: the port is closed")).to_be_visible()


def test_the_servers_words_are_shown_once(visit: Visit, running: DeliveryTest) -> None:
    said = "550 5.1.1 User unknown"
    explanation = f"{REFUSED['explanation']} The server said: “{said}”."
    end(running, REFUSED | {"explanation": explanation})
    told = visit(f"{TESTS}{running.pk}/").get_by_role("alert").filter(has_text="Not delivered")
    expect(told).to_contain_text("The server knows no mailbox")
    assert told.inner_text().count(said) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_errors_of_the_form_stand_before_a_test(visit: Visit, saved_settings: SMTPSettings, scripts: bool) -> None:
    page = visit(SETTINGS, scripts=scripts)
    page.get_by_label("E-mail Address", exact=True).fill("nobody")
    page.get_by_label("Server Address").fill("a b")

    page.get_by_role("button", name="Send Test E-mail").click()

    summary = page.get_by_role("alert", name=re.compile("Not tested: 2 things need a change"))
    expect(summary.get_by_role("link")).to_have_text([re.compile("^Server Address:"), re.compile("^E-mail Address:")])
    expect(page.get_by_label("Server Address")).to_have_value("a b")
    assert DeliveryTest.objects.count() == 0


def test_a_page_that_lost_its_server_says_so_and_keeps_what_was_typed(visit: Visit, complaints: list[str]) -> None:
    page = visit(SETTINGS)
    page.get_by_label("Server Address").fill("mail.corp.example")
    page.context.route("**/tests/", lambda route: route.fulfill(status=503, body=""))
    page.get_by_role("button", name="Send Test E-mail").click()

    expect(page.get_by_text("The test was not started")).to_be_visible()
    assert [complaint for complaint in complaints if "503" not in complaint] == []
    complaints.clear()
    expect(page.get_by_label("Server Address")).to_have_value("mail.corp.example")
