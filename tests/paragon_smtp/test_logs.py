"""The log, as whoever collects it reads it: one object a line, one name from the request to the server, no secret."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from notifications import delivery
from notifications.models import Notification
from paragon_smtp import logs
from paragon_smtp.environment import BASE_DIR
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer, mail_server

PASSWORD = "a long pass phrase"


class Log:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> dict[str, Any]:
        (found,) = [line for line in self.lines if line["event"].startswith(event)]
        return found


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    handler = logging.StreamHandler(log.stream)
    handler.setFormatter(logs.Formatter("json"))
    handler.addFilter(logs.RouteInsteadOfPath())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield log
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("ingrid@corp.example", PASSWORD)


def test_one_name_leads_from_the_request_to_the_servers_queue(
    log: Log, client: Client, administrator: User, plain_server: MailServer
) -> None:
    save_settings(plain_server.port)
    client.force_login(administrator)
    changed = client.post(
        "/password/change/",
        {"old_password": PASSWORD, "new_password1": "another pass phrase 1", "new_password2": "another pass phrase 1"},
    )
    assert changed.status_code == 302
    name = changed["X-Request-ID"]
    assert Notification.objects.get(kind="password_changed").correlation_id == name
    Notification.objects.exclude(kind="password_changed").delete()
    delivery.deliver_due()
    request, delivered = log.of("Request answered"), log.of("Notification ")
    assert (request["correlation_id"], delivered["correlation_id"]) == (name, name)
    assert (request["method"], request["route"], request["status"]) == ("POST", "password/change/", 302)
    assert delivered["queue_id"] == Notification.objects.get().queue_id == "TEST1"
    assert {"time", "level", "logger", "event"} <= set(delivered)


def test_refusal_is_logged_under_the_name_too(log: Log, db: None, plain_server: MailServer) -> None:
    save_settings(plain_server.port)
    plain_server.refuse["kari@corp.example"] = "550 5.1.1 No such user here"
    User.objects.create_user("kari@corp.example")
    Notification.objects.update(correlation_id="a-request")
    delivery.deliver_due()
    line = log.of("Notification ")
    assert (line["level"], line["correlation_id"]) == ("warning", "a-request")
    assert "recipient.unknown" in line["event"]


def test_machines_that_ask_leave_no_lines(log: Log, client: Client, db: None) -> None:
    client.get("/healthz")
    assert "Request answered" not in log.text


def test_one_time_link_is_not_logged_when_its_page_fails(log: Log, client: Client, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {User._meta.db_table} RENAME TO gone")
    client.raise_request_exception = False
    assert client.get("/activate/MQ/c0ffee-secrettoken/").status_code == 503
    assert log.of("Request answered")["route"].startswith("activate/<")
    assert "Service Unavailable: activate/<" in log.text
    assert "secrettoken" not in log.text


def test_no_secret_is_logged_however_much_is(log: Log, client: Client, administrator: User) -> None:
    with mail_server(users={"portal": "Sealed-9-here"}) as server:
        for password in ("Wrong-1-entirely", "Sealed-9-here"):
            saved = save_settings(server.port, authentication=True, username="portal")
            saved.set_password(password)
            saved.save()
            User.objects.create_user(f"{password[:5]}@corp.example")
            delivery.deliver_due()
    client.post("/sign-in/", {"username": administrator.email, "password": PASSWORD})
    for secret in ("Wrong-1-entirely", "Sealed-9-here", saved.password_sealed, PASSWORD, "AG1wb3J0YWw"):
        assert secret not in log.text
    assert "delivered" in log.text


# The form of a line


def formatted(kind: str, **extra: Any) -> str:
    record = logging.LogRecord("a.logger", logging.WARNING, __file__, 1, "Ünder %s", ("way",), None)
    record.__dict__ |= extra
    return logs.Formatter(kind).format(record)


def test_line_for_people() -> None:
    stamp, rest = formatted("console", correlation_id="abc").split(" ", 1)
    assert stamp.endswith("Z")
    assert rest == "WARNING a.logger: Ünder way [correlation_id=abc]"
    assert formatted("console").endswith("Ünder way")


def test_line_for_machines_holds_no_line_end_whatever_is_logged() -> None:
    text = formatted("json", queue_id="a\nforged line")
    assert "\n" not in text
    assert json.loads(text)["queue_id"] == "a\nforged line"


def test_traceback_is_part_of_the_object() -> None:
    try:
        int("a defect")
    except ValueError:
        text = formatted("json", exc_info=sys.exc_info())
    assert "a defect" in json.loads(text)["exception"]


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DATA_DIR": os.environ["DATA_DIR"], **more}


def test_unknown_form_stops_the_start_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR, env=environment(LOG_FORMAT="xml"), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "LOG_FORMAT is 'xml'; it has to be console or json." in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["celery", "-A", "paragon_smtp", "beat", "--pidfile=", "--schedule", "{folder}/schedule", "-l", "INFO"],
        ["celery", "-A", "paragon_smtp", "worker", "-P", "solo", "-Q", "delivery"],
        ["gunicorn", "paragon_smtp.wsgi", "--bind=127.0.0.1:0", "--no-control-socket", "--logger-class",
         "paragon_smtp.gunicorn_logger.WebLogger"],
    ],
    ids=["clock", "worker", "web"],
)  # fmt: skip
def test_every_program_writes_json(tmp_path: Any, arguments: list[str]) -> None:
    """For three seconds, and whatever it says until its end; banners go to standard output."""
    # In the foreground: otherwise timeout tells the program twice, and the second time in the midst of its end.
    command = ["timeout", "--foreground", "--signal=TERM", "5", sys.executable, "-W", "ignore", "-m"]
    done = subprocess.run(
        [*command, *(word.format(folder=tmp_path) for word in arguments)],
        cwd=BASE_DIR, env=environment(LOG_FORMAT="json"), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if line]
    assert all({"time", "level", "logger", "event"} <= set(json.loads(line)) for line in lines), done.stderr
    assert lines or arguments[0] == "celery"
