"""Test e-mails: from the form or the command, by a worker, to a real server."""

import io
import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from notifications import delivery_test
from notifications.models import DeliveryTest
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import server_context

pytestmark = pytest.mark.django_db

URL = "/administration/authentication/smtp-settings/tests/"
STAGES = ["resolve", "connect", "greeting", "tls", "authenticate", "sender", "recipient", "message"]
State = DeliveryTest.State


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def form(port: int, **changes: str) -> dict[str, str]:
    values = {
        "server_address": "127.0.0.1",
        "port": str(port),
        "from_name": "NOC",
        "from_email": "noc@corp.example",
        "recipient": "anyone@elsewhere.example",
    }
    return values | changes


def statuses(report: dict) -> dict[str, str]:
    return {stage["name"]: stage["status"] for stage in report["stages"]}


@pytest.mark.django_db
@pytest.mark.parametrize("address", [URL, "/administration/authentication/smtp-settings/fill/"])
def test_the_address_of_a_form_with_errors_leads_back_to_the_page(signed_in: Client, address: str) -> None:
    page = "/administration/authentication/smtp-settings/"
    assert signed_in.get(address).headers["Location"] == page


@pytest.mark.django_db(transaction=True)
def test_page_tests_what_the_form_holds_and_stores_nothing(
    eager: None, signed_in: Client, open_server: MailServer
) -> None:
    response = signed_in.post(URL, form(open_server.port), follow=True)
    test = DeliveryTest.objects.get()
    assert response.redirect_chain == [(f"{URL}{test.pk}/", 302)]
    assert test.report["delivered"] is True
    assert open_server.received[0].recipients == ["anyone@elsewhere.example"]
    assert not SMTPSettings.load().configured
    assert Entry.objects.get(action="smtp_settings.tested").actor_name.endswith("<ingrid@corp.example>")
    page = response.content.decode()
    assert f'value="{open_server.port}"' in page
    assert "TEST1" in page


@pytest.mark.django_db(transaction=True)
def test_unsaved_password_reaches_the_worker_sealed_and_is_wiped(eager: None, signed_in: Client) -> None:
    seen: list[str] = []
    run = delivery_test.run

    def look_first(pk: uuid.UUID) -> None:
        seen.append(repr(DeliveryTest.objects.values().get(pk=pk)))
        run(pk)

    with mail_server(users={"portal": "Sealed-9-here"}) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery_test, "run", look_first)
        sent = form(server.port, authentication="on", username="portal", password="Sealed-9-here",
                    confirm_password="Sealed-9-here")  # fmt: skip
        response = signed_in.post(URL, sent, follow=True)
    test = DeliveryTest.objects.get()
    assert test.report["delivered"] is True
    assert server.received[0].login == "portal"
    assert "Sealed-9-here" not in seen[0] + repr(vars(test)) + response.content.decode()
    assert test.password_sealed == ""


def test_page_with_errors_tests_nothing(signed_in: Client) -> None:
    response = signed_in.post(URL, form(25, recipient="nobody", server_address="smtp://x"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "“nobody” is not an e-mail address" in page
    assert "put the port in Port Number" in page
    assert not DeliveryTest.objects.exists()


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/panel/", "{pk}/report.json"])
def test_pages_are_for_administrators_alone(client: Client, user: User, path: str) -> None:
    test = DeliveryTest.objects.create(created_at=timezone.now(), recipient="a@corp.example", report={"x": 1})
    client.force_login(user)
    method = client.get if path else client.post
    assert method(URL + path.format(pk=test.pk)).status_code == 403


def test_worker_that_comes_too_late_does_not_connect(open_server: MailServer) -> None:
    test = delivery_test.start(save_settings(open_server.port), "a@corp.example")
    with time_machine.travel(timezone.now() + delivery_test.WORKER_TIME + timedelta(seconds=1), tick=False):
        delivery_test.run(test.pk)
        seen = delivery_test.look(test.pk)
    assert (seen.state, seen.report["cause"]) == (State.EXPIRED, "worker.absent")
    assert statuses(seen.report) == dict.fromkeys(STAGES, "skipped")
    assert open_server.received == []


def test_test_is_run_once_however_often_it_is_called(open_server: MailServer) -> None:
    test = delivery_test.start(save_settings(open_server.port), "a@corp.example")
    for _ in range(3):
        delivery_test.run(test.pk)
    assert len(open_server.received) == 1


def test_worker_that_dies_under_a_test_does_not_leave_it_running(open_server: MailServer) -> None:
    test = delivery_test.start(save_settings(open_server.port), "a@corp.example")
    DeliveryTest.objects.update(state=State.RUNNING, started_at=timezone.now() - delivery_test.RUN_TIME)
    assert delivery_test.look(test.pk).ended_at is not None


def test_values_of_the_form_are_wiped_after_an_hour(open_server: MailServer) -> None:
    test = delivery_test.start(save_settings(open_server.port), "a@corp.example")
    DeliveryTest.objects.update(password_sealed="token")
    delivery_test.sweep()
    assert DeliveryTest.objects.get().candidate["port"] == open_server.port
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        delivery_test.sweep()
    wiped = DeliveryTest.objects.get(pk=test.pk)
    assert (wiped.candidate, wiped.password_sealed) == ({}, "")


@pytest.mark.django_db(transaction=True)
def test_no_broker_is_said_at_once(signed_in: Client) -> None:
    response = signed_in.post(URL, form(25), follow=True)
    assert DeliveryTest.objects.get().report["cause"] == "worker.absent"
    assert "worker.absent" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_report_is_the_json_of_the_contract(eager: None, signed_in: Client, open_server: MailServer) -> None:
    signed_in.post(URL, form(open_server.port))
    report = signed_in.get(f"{URL}{DeliveryTest.objects.get().pk}/report.json").json()
    assert list(report) == [
        "delivered", "cause", "stage", "explanation", "remedy", "server", "reply", "message_id", "queue_id", "stages",
        "transcript",
    ]  # fmt: skip
    assert [stage["name"] for stage in report["stages"]] == STAGES


@pytest.mark.django_db(transaction=True)
def test_proposals_are_for_the_page_and_no_part_of_the_contract(eager: None, signed_in: Client) -> None:
    with mail_server(implicit=server_context()) as server:
        signed_in.post(URL, form(server.port, use_tls="on", timeout="2"))
        save_settings(server.port, use_tls=True, timeout=2)
        status, out, said = command("a@corp.example", "--json")
    tests = DeliveryTest.objects.order_by("created_at")
    changes = {"port": str(server.port), "use_tls": True, "tls_mode": "implicit"}
    assert [[one["changes"] for one in test.report["proposals"]] for test in tests] == [[changes], [changes]]
    for report in (signed_in.get(f"{URL}{tests[0].pk}/report.json").json(), json.loads(out)):
        assert list(report)[-1] == "transcript"
        assert f"Port {server.port} of this server speaks TLS from the first byte." in report["remedy"]
    assert (status, json.loads(out)["remedy"] in said) == (1, True)


def command(*arguments: str) -> tuple[int, str, str]:
    out, status, said = io.StringIO(), 0, ""
    try:
        call_command("send_test_email", *arguments, stdout=out)
    except CommandError as error:
        status, said = error.returncode, str(error)
    return status, out.getvalue(), said


def test_command_delivers_directly(open_server: MailServer) -> None:
    save_settings(open_server.port)
    status, out, _ = command("a@corp.example", "--direct")
    assert status == 0
    assert out.splitlines()[-1] == "Delivered: the server has taken the message as TEST1."
    assert [line.split()[1] for line in out.splitlines()[:8]] == STAGES


def test_command_prints_one_json_object(open_server: MailServer) -> None:
    save_settings(open_server.port)
    status, out, _ = command("a@corp.example", "--direct", "--json")
    report = json.loads(out)
    assert (status, report["delivered"], report["queue_id"]) == (0, True, "TEST1")
    skipped = dict.fromkeys(["resolve", "tls", "authenticate"], "skipped")
    assert statuses(report) == dict.fromkeys(STAGES, "ok") | skipped


def test_command_names_the_cause_and_leaves_with_one() -> None:
    save_settings(1)
    status, out, said = command("a@corp.example", "--direct", "--json")
    report = json.loads(out)
    assert (status, report["cause"], report["stage"]) == (1, "connect.refused", "connect")
    assert report["remedy"] in said


@pytest.mark.django_db
def test_command_without_settings_could_not_be_tried() -> None:
    status, out, _ = command("a@corp.example", "--direct", "--json")
    report = json.loads(out)
    assert (status, report["cause"]) == (2, "settings.missing")
    assert statuses(report) == dict.fromkeys(STAGES, "skipped")


@pytest.mark.django_db(transaction=True)
def test_command_by_a_worker(eager: None, open_server: MailServer) -> None:
    save_settings(open_server.port)
    status, out, _ = command("a@corp.example", "--json")
    assert (status, json.loads(out)["delivered"]) == (0, True)


@pytest.mark.django_db(transaction=True)
def test_command_without_a_worker_says_so() -> None:
    save_settings(1)
    status, out, _ = command("a@corp.example", "--json")
    assert (status, json.loads(out)["cause"]) == (2, "worker.absent")


def test_command_refuses_what_is_no_address() -> None:
    with pytest.raises(CommandError, match="is not an e-mail address"):
        call_command("send_test_email", "nobody", stdout=io.StringIO())
