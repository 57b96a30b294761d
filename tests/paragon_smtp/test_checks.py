"""`manage.py check --deploy`: silent where all is right, and a sentence with the mend for what is not."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings

from paragon_smtp.checks import check_configuration
from tests.paragon_smtp.test_environment import PRODUCTION, run

RIGHT = PRODUCTION | {"SECRET_KEY": "k3Yx9" * 12, "TRUSTED_PROXIES": "10.0.0.5/32"}
CHECK = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


def test_a_right_configuration_is_clean(tmp_path: Path) -> None:
    said = run(tmp_path, CHECK, RIGHT)
    assert (said.returncode, said.stderr) == (0, "")
    assert "no issues" in said.stdout


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (
            {
                "PORTAL_URL": "http://portal.example.com",
                "ALLOWED_HOSTS": "*",
                "TRUSTED_PROXIES": "",
                "REDIS_URL": "",
                "CELERY_TASK_ALWAYS_EAGER": "on",
                "CONNECT_ALLOWED_PORTS": "25,587",
                "CONNECT_DENIED_PORTS": "25",
            },
            {"paragon.W003", "paragon.W004", "paragon.W006", "paragon.W008", "paragon.E009", "paragon.W010"},
        ),
        (
            {"ALLOWED_HOSTS": "other.example", "TRUSTED_PROXIES": "0.0.0.0/0", "DEBUG": "on", "SECRET_KEY": "short"},
            {"paragon.E005", "paragon.E007", "security.W018", "security.W009"},
        ),
    ],
)
def test_what_is_wrong_is_named_with_the_mend(tmp_path: Path, wrong: dict[str, str], found: set[str]) -> None:
    said = run(tmp_path, CHECK, RIGHT | wrong)
    assert said.returncode == 1
    assert found <= set(re.findall(r"\(([a-z]+\.[EW]\d+)\)", said.stderr))
    assert said.stderr.count("HINT:") >= sum(name.startswith("paragon.") for name in found)


def test_an_installation_without_a_key_is_told(settings: LazySettings) -> None:
    settings.SMTP_ENCRYPTION_KEYS = []
    assert [finding.id for finding in check_configuration()] == ["paragon.W001"]


def test_a_key_file_that_others_can_read_is_named(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(0o640)
    findings = list(check_configuration())
    assert [finding.id for finding in findings] == ["paragon.W002"]
    assert findings[0].hint == f"chmod 600 {tmp_path / 'secret_key'}"
    (tmp_path / "secret_key").chmod(0o600)
    assert check_configuration() == []
