"""The systemd units, as far as they can be checked without installing them."""

import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from paragon_smtp.environment import BASE_DIR
from paragon_smtp.settings import CELERY_TASK_DEFAULT_QUEUE, CELERY_TASK_ROUTES, env
from tests.servers.need import need

FOLDER = BASE_DIR / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))


class Unit(RawConfigParser):
    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, interpolation=None)
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read(path)

    def commands(self) -> list[list[str]]:
        return [shlex.split(value) for name, value in self.items("Service") if name == "ExecStart"]


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    analyze = need(shutil.which("systemd-analyze"), "systemd")
    for path in FOLDER.iterdir():
        text = path.read_text().replace("/opt/paragon-smtp/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / path.name).write_text(text)
    units = [str(path) for path in tmp_path.iterdir() if path.suffix in (".service", ".target")]
    checked = subprocess.run([analyze, "verify", *units], capture_output=True, text=True)
    told = [line for line in checked.stderr.splitlines() if "paragon" in line]
    assert told == []


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_without_rights_and_may_write_nothing_but_its_own(path: Path) -> None:
    service = Unit(path)["Service"]
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("paragon", "yes", "strict")
    assert (service["CapabilityBoundingSet"], service["PrivateTmp"]) == ("", "yes")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_program_of_the_installation(path: Path) -> None:
    for program, *arguments in Unit(path).commands():
        assert program.startswith("/opt/paragon-smtp/.venv/bin/")
        assert (Path(sys.executable).parent / Path(program).name).exists()
        assert arguments[:2] in (["-A", "paragon_smtp"], ["manage.py", "configure_smtp"], ["manage.py", "migrate"]) or (
            arguments[0] == "paragon_smtp.wsgi:application"
        )


def test_every_queue_has_a_worker() -> None:
    text = "\n".join(path.read_text() for path in UNITS)
    queues = {route["queue"] for route in CELERY_TASK_ROUTES.values()} | {CELERY_TASK_DEFAULT_QUEUE}
    assert set(re.findall(r"--queues (\S+)", text)) == queues


def test_the_environment_names_only_what_is_read_and_holds_no_secret() -> None:
    lines = [line for line in (FOLDER / "environment").read_text().splitlines() if not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    assert {name.removesuffix("_FILE") for name in given} <= env.names
    assert not {"SECRET_KEY", "SMTP_ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL"} & set(given)
