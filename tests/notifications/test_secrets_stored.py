"""A sample of the passwords through sockets, workers' code and database: what is stored, logged and reported."""

import base64
import json
import logging
from contextlib import AbstractContextManager

import pytest
from django.apps import apps
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from accounts.models import User
from notifications import delivery, delivery_test, emails, queue
from notifications.models import Attempt, DeliveryTest
from notifications.probe import probe
from notifications.smtp import Server, Session, SessionFailure, TLSMode
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.notifications.secrets import USERNAME, leaks, passwords
from tests.servers.scripted import Connection, ScriptedServer, default_tls, scripted
from tests.servers.settings import to_scripted

_TLS = default_tls()
STEPS = ("AUTH", "MAIL", "RCPT", "DATA", "message")


def repeating(fault: str) -> AbstractContextManager[ScriptedServer]:
    """A server that says whatever it was told at AUTH, decoded and as it came, in its refusal at the given step."""

    def script(connection: Connection) -> None:
        told = ""
        offered = "250-mail.test\n250-STARTTLS\n250 AUTH PLAIN"
        connection.say("220 mail.test")
        while line := connection.hear():
            verb = line.split(" ")[0].split(":")[0]
            if verb == "AUTH":
                told = f"{line} {base64.b64decode(line.split(' ')[2]).decode()}"
            if verb == fault:
                connection.say(f"550-5.7.1 refused {told}\n550 5.7.1 {told}".replace("\0", " "))
            elif verb == "STARTTLS":
                connection.say("220 go")
                connection.start_tls(_TLS)
            elif verb == "DATA":
                connection.say("354 go")
                connection.hear_message()
                connection.say(f"554 5.7.1 {told}".replace("\0", " "))
            else:
                connection.say(offered if verb == "EHLO" else "235 ok" if verb == "AUTH" else f"250 ok {told[:900]}")

    return scripted(script)


@pytest.mark.parametrize("fault", STEPS)
@pytest.mark.parametrize("mode", [TLSMode.NONE, TLSMode.STARTTLS])
def test_no_password_shows_in_a_report(fault: str, mode: TLSMode, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with repeating(fault) as server:
        for password in list(passwords(12)):
            settings = to_scripted(server, mode, username=USERNAME, password=password)
            report = probe(settings, "from@mail.test", "to@example.com", b"x\r\n", message_id="<1@x>", usual_ports={})
            assert not report.delivered
            shown = "\n".join((json.dumps(report.as_json(), ensure_ascii=False), repr(report), caplog.text))
            assert leaks(password, shown) == []


def fail(server: Server) -> SessionFailure:
    try:
        with Session(server) as session:
            session.open()
            session.deliver("from@mail.test", "to@example.com", b"x\r\n")
    except SessionFailure as failure:
        return failure
    pytest.fail("it did not fail")


@pytest.mark.parametrize("fault", STEPS)
def test_no_password_shows_in_an_error_report(fault: str) -> None:
    """What Django would send to the administrators, or show to a developer, variables included."""
    with repeating(fault) as server:
        for password in list(passwords(3)):
            failure = fail(to_scripted(server, username=USERNAME, password=password))
            request = RequestFactory().get("/")
            reporter = ExceptionReporter(request, type(failure), failure, failure.__traceback__)
            shown = reporter.get_traceback_html() + reporter.get_traceback_text()
            assert "notifications/smtp/session.py" in shown
            assert leaks(password, shown) == []


def stored() -> str:
    """Every column of every row, the sealed ones apart."""
    rows = [row for model in apps.get_models() for row in model._default_manager.values()]
    return "\n".join(
        f"{name}: {value!r} {value}" for row in rows for name, value in row.items() if "sealed" not in name
    )


@pytest.mark.django_db
@pytest.mark.parametrize("fault", STEPS)
def test_no_password_is_stored_by_a_test(fault: str, administrator: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with repeating(fault) as server:
        for password in list(passwords(4)):
            candidate = SMTPSettings(
                server_address="127.0.0.1", port=server.port, use_tls=False, username=USERNAME, provider_secret=True,
                from_email="noc@corp.example", timeout=5,
            )  # fmt: skip
            candidate.set_password(password)
            test = delivery_test.start(candidate, "to@example.com", administrator)
            delivery_test.run(test.pk)
            assert DeliveryTest.objects.get(pk=test.pk).report["delivered"] is False
            assert DeliveryTest.objects.get(pk=test.pk).password_sealed == ""
            assert leaks(password, stored() + caplog.text) == []


@pytest.mark.django_db
@pytest.mark.parametrize("fault", STEPS)
def test_no_password_is_stored_by_a_delivery(fault: str, user: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with repeating(fault) as server:
        password = next(passwords(1))
        saved = save_settings(server.port, authentication=True, username=USERNAME, provider_secret=True)
        saved.set_password(password)
        saved.save()
        emails.account_activated(user)
        delivery.deliver_due()
        assert queue.status().cause if fault == "AUTH" else Attempt.objects.get().reply
        assert leaks(password, stored() + caplog.text) == []
