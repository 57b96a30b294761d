"""Signing in without sending: against real servers, and what is shown of it."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications import delivery, delivery_test, emails
from notifications.models import ServerCheck
from notifications.operation import server_check
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import AUTHORITY_PEM, server_context

pytestmark = pytest.mark.django_db

PAGE = "/administration/authentication/smtp-settings/"


@pytest.fixture(autouse=True)
def every_hour(settings: LazySettings) -> None:
    settings.SERVER_CHECK_MINUTES = 60


def save_with_sign_in(server: MailServer, password: str) -> SMTPSettings:
    values = {"server_address": "localhost", "use_tls": True, "ca_certificate": AUTHORITY_PEM}
    saved = save_settings(server.port, authentication=True, username="user", **values)
    saved.set_password(password)
    saved.save()
    return saved


def test_it_signs_in_and_sends_nothing(starttls_server: MailServer) -> None:
    saved = save_with_sign_in(starttls_server, "Secret-1234")
    assert server_check.outlook().changed_since_proven
    assert server_check.run_if_due() is True
    assert starttls_server.received == []
    assert starttls_server.sign_ins == [("PLAIN", "user")]
    found = server_check.outlook()
    assert (found.cause, found.changed_since_proven) == ("", False)
    assert found.days_left is not None
    assert found.days_left > 0
    assert ServerCheck.objects.get().settings_version == saved.version


def test_it_asks_again_after_its_time_alone_and_at_once_after_a_save(starttls_server: MailServer) -> None:
    save_with_sign_in(starttls_server, "Secret-1234")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert server_check.run_if_due() is True
        assert server_check.run_if_due() is False
        clock.shift(timedelta(minutes=59))
        assert server_check.run_if_due() is False
        clock.shift(timedelta(minutes=2))
        assert server_check.run_if_due() is True
        SMTPSettings.load().save()
        assert server_check.run_if_due() is True
        clock.shift(-timedelta(days=30))  # the clock is set back
        assert server_check.run_if_due() is True


@pytest.mark.parametrize("minutes", [0, 60])
def test_nothing_is_asked_without_settings_or_without_an_interval(settings: LazySettings, minutes: int) -> None:
    settings.SERVER_CHECK_MINUTES = minutes
    if not minutes:
        save_settings(1)
    assert server_check.run_if_due() is False
    assert server_check.outlook().at is None


def test_refused_sign_in_is_told_and_tried_less_and_less(starttls_server: MailServer) -> None:
    save_with_sign_in(starttls_server, "Wrong-12345")
    pauses = []
    now = timezone.now()
    for _ in range(7):
        with time_machine.travel(now, tick=False):
            assert server_check.run_if_due() is True
        due_at = ServerCheck.objects.get().due_at
        pauses.append((due_at - now) / timedelta(hours=1))
        now = due_at
    assert pauses == [2, 4, 8, 16, 24, 24, 24]
    assert server_check.outlook().cause == "authenticate.rejected"


def test_server_that_is_away_is_told_and_tried_in_time() -> None:
    save_settings(1)
    server_check.run_if_due()
    row = ServerCheck.objects.get()
    assert (row.cause, row.due_at - row.at) == ("connect.refused", timedelta(hours=1))


def test_certificate_that_expired_over_night_is_told(client: Client, settings: LazySettings) -> None:
    settings.CELERY_BROKER_URL = "filesystem://localhost"
    ended = timezone.now() - timedelta(hours=3)
    context = server_context("localhost", not_before=ended - timedelta(days=90), not_after=ended)
    with mail_server(starttls=context) as server:
        save_settings(server.port, use_tls=True, server_address="localhost", ca_certificate=AUTHORITY_PEM)
        server_check.run_if_due()
    found = server_check.outlook()
    assert (found.cause, found.days_left) == ("tls.expired", -1)
    assert "tls.expired" in client.get("/readyz").json()["checks"]["mail_server"]["detail"]
    assert 'paragon_smtp_server_check{cause="tls.expired"} 0.0' in client.get("/metrics").content.decode()


def test_test_e_mail_proves_its_settings_saved_before_or_after(open_server: MailServer, settings: LazySettings) -> None:
    settings.SERVER_CHECK_MINUTES = 0
    settings.CELERY_TASK_ALWAYS_EAGER = True
    candidate = SMTPSettings(
        server_address="127.0.0.1", port=open_server.port, use_tls=False, authentication=False, from_name="NOC",
        from_email="noc@corp.example", timeout=5,
    )  # fmt: skip
    test = delivery_test.start(candidate, "ola@corp.example")
    delivery_test.run(test.pk)
    candidate.save()
    assert server_check.outlook().changed_since_proven is False
    save_settings(open_server.port, from_name="Another")
    assert server_check.outlook().changed_since_proven is True


def test_delivery_proves_its_settings(open_server: MailServer, user: User, settings: LazySettings) -> None:
    settings.SERVER_CHECK_MINUTES = 0
    save_settings(open_server.port)
    emails.account_activated(user)
    delivery.deliver_due()
    assert server_check.outlook().changed_since_proven is False


# On the page


def page(client: Client, administrator: User) -> str:
    client.force_login(administrator)
    return " ".join(client.get(PAGE).content.decode().split())


def test_page_is_silent_while_nothing_is_saved(client: Client, administrator: User) -> None:
    assert "successful test" not in page(client, administrator)


def test_page_warns_of_settings_that_nothing_has_shown_to_work(client: Client, administrator: User) -> None:
    save_settings(1)
    assert "Changed since the last successful test." in page(client, administrator)


def test_page_names_the_cause_of_a_failed_check(client: Client, administrator: User) -> None:
    save_settings(1)
    server_check.run_if_due()
    text = page(client, administrator)
    assert "The server does not take our sign-in." in text
    assert "connect.refused" in text


@pytest.mark.parametrize(("days", "warned"), [(22, False), (21, True), (1, True), (0, True)])
def test_page_warns_from_21_days_before_the_certificate_ends(
    client: Client, administrator: User, days: int, warned: bool
) -> None:
    ends = timezone.now() + timedelta(days=days, hours=2)
    context = server_context("localhost", not_before=ends - timedelta(days=90), not_after=ends)
    with mail_server(starttls=context) as server:
        save_settings(server.port, use_tls=True, server_address="localhost", ca_certificate=AUTHORITY_PEM)
        server_check.run_if_due()
    text = page(client, administrator)
    assert (f"certificate ends in {days} day" in text) is warned
    assert ("valid for 22 more days" in text) is not warned
