"""What is read from the environment, as somebody who starts the programs sees it: by real processes."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from paragon_smtp.environment import BASE_DIR, Environment

PRODUCTION = {
    "DATABASE_URL": "postgresql://paragon:secret@127.0.0.1:1/paragon",
    "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    "SECRET_KEY": "x" * 50,
    "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "PORTAL_URL": "https://portal.example.com",
}
PROGRAMS = {
    "web": ["-m", "gunicorn", "paragon_smtp.wsgi:application", "--bind", "127.0.0.1:0", "--no-control-socket"],
    "asgi": ["-c", "import paragon_smtp.asgi"],
    "worker": ["-m", "celery", "-A", "paragon_smtp", "worker", "--pool", "solo"],
    "clock": ["-m", "celery", "-A", "paragon_smtp", "beat", "--pidfile="],
    "run": ["manage.py", "run"],
    "inbox": ["manage.py", "inbox"],
    "migrate": ["manage.py", "migrate"],
}


def run(folder: Path, arguments: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program of the project, with nothing but this in its environment."""
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "DATA_DIR": str(folder / "var")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=BASE_DIR, env=base | dict(environment), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "web"}, "PORT is 'web'; it has to be a whole number from 1 to 65535."),
        ({"PORT": "65536"}, "PORT is '65536'; it has to be a whole number from 1 to 65535."),
        ({"INBOX_SMTP_PORT": "0"}, "INBOX_SMTP_PORT is '0'; it has to be a whole number from 1 to 65535."),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'; it has to be one of true, yes, on, 1, false, no, off, 0."),
        (
            {"PORTAL_URL": "portal.example.com"},
            "PORTAL_URL is 'portal.example.com'; it has to be a web address such as https://portal.example.com, "
            "without ? and #.",
        ),
        (
            {"CSRF_TRUSTED_ORIGINS": "https://a.example, b.example"},
            "CSRF_TRUSTED_ORIGINS is 'https://a.example, b.example'; it has to be web addresses such as "
            "https://portal.example.com, with commas between.",
        ),
        (
            {"DEFAULT_FROM_EMAIL": "nobody"},
            "DEFAULT_FROM_EMAIL is 'nobody'; it has to be an e-mail address such as no-reply@example.com.",
        ),
        (
            {"TIME_ZONE": "Europe/Atlantis"},
            "TIME_ZONE is 'Europe/Atlantis'; it has to be the name of a time zone such as Europe/Berlin.",
        ),
        (
            {"PASSWORD_MINIMUM_LENGTH": "4"},
            "PASSWORD_MINIMUM_LENGTH is '4'; it has to be a whole number from 8 to 128.",
        ),
        (
            {"CONNECT_DENIED_NETWORKS": "10.0.0.0/8, intranet"},
            "CONNECT_DENIED_NETWORKS is '10.0.0.0/8, intranet'; it has to be networks such as 10.0.0.0/8 or fd00::/8, "
            "with commas between.",
        ),
        (
            {"CONNECT_ALLOWED_PORTS": "25,99999"},
            "CONNECT_ALLOWED_PORTS is '25,99999'; it has to be port numbers such as 25,587, with commas between.",
        ),
        ({"SIGN_IN_FAILURES": "-1"}, "SIGN_IN_FAILURES is '-1'; it has to be a whole number from 1 to 1000."),
        ({"HSTS_SECONDS": "1 year"}, "HSTS_SECONDS is '1 year'; it has to be a whole number from 0 to 2147483648."),
        ({"SECRET_KEY_FILE": "/no/such/file"}, "SECRET_KEY_FILE names a file that cannot be read: No such file or"),
        ({"SMTP_ENCRYPTION_KEYS": "short"}, "SMTP_ENCRYPTION_KEYS: key 1 is not a Fernet key (32 bytes in URL-safe"),
        (PRODUCTION | {"SECRET_KEY": ""}, "SECRET_KEY is not set. With DATABASE_URL or REDIS_URL it has to be given"),
        (PRODUCTION | {"SMTP_ENCRYPTION_KEYS": " "}, "SMTP_ENCRYPTION_KEYS is not set. With DATABASE_URL or REDIS_URL"),
        (PRODUCTION | {"PORTAL_URL": ""}, "PORTAL_URL is not set. With DATABASE_URL or REDIS_URL it has to be given"),
        (PRODUCTION | {"DATABASE_URL": "mysql://u:secret@h/n"}, "DATABASE_URL has to be like postgresql://"),
        (PRODUCTION | {"DATABASE_URL": "postgresql://u:secret@h:port/n"}, "DATABASE_URL has to be like postgresql://"),
        (PRODUCTION | {"DATABASE_URL": "postgresql://u:secret@h:5432/"}, "DATABASE_URL names no database after the"),
        (PRODUCTION | {"DATABASE_URL": "sqlite://"}, "DATABASE_URL names no database after the last slash."),
        (PRODUCTION | {"REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL has to be like redis://:password@host:6379/0"),
        (PRODUCTION | {"REDIS_URL": "redis://:secret@h:port/0"}, "REDIS_URL has to be like redis://:password@host:"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence_that_names_it(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    result = run(tmp_path, ["manage.py", "check"], environment)
    assert result.returncode == 1
    assert result.stderr.startswith(f"Paragon SMTP cannot start: {sentence}")
    assert result.stderr.count("\n") == 1
    assert "secret@" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_ends_with_the_sentence_and_without_a_traceback(tmp_path: Path, program: str) -> None:
    result = run(tmp_path, PROGRAMS[program], {"TIME_ZONE": "Nowhere"})
    assert result.returncode != 0
    assert result.stderr.count("Paragon SMTP cannot start: TIME_ZONE is 'Nowhere'; it has to be the name") == 1
    assert "Traceback" not in result.stderr + result.stdout


def test_right_values_start(tmp_path: Path) -> None:
    for environment in ({}, PRODUCTION):
        result = run(tmp_path, ["manage.py", "check"], environment)
        assert (result.returncode, result.stderr) == (0, "")


def test_a_secret_may_come_as_a_file_and_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("$from the file\n")
    monkeypatch.setenv("SECRET_KEY", "from the environment")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert Environment().text("SECRET_KEY") == "$from the file"


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    result = run(tmp_path, ["manage.py", "check"], {"SECRET_KEY_FILE": str(tmp_path / "key")})
    assert result.stderr == (
        "Paragon SMTP cannot start: SECRET_KEY_FILE names a file that cannot be read: it is not UTF-8 text.\n"
    )


def test_the_example_explains_every_variable_with_its_default() -> None:
    from paragon_smtp.settings import env

    text = (BASE_DIR / ".env.example").read_text()
    explained = dict(re.findall(r"^#([A-Z][A-Z_]*)=(.*)$", text, re.MULTILINE))
    assert set(explained) == env.names
    for block in re.findall(r"(?:^# .*\n)+(?:^#[A-Z_]+=.*\n)+", text, re.MULTILINE):
        explained = {name: value for name, value in explained.items() if f"#{name}=" not in block}
    assert explained == {}, "these have no line of explanation before them"


def test_the_defaults_of_the_example_are_the_real_ones(tmp_path: Path) -> None:
    example = (BASE_DIR / ".env.example").read_text()
    given: dict[str, str] = dict(re.findall(r"^#([A-Z][A-Z_]*)=(.+)$", example, re.MULTILINE))
    # Which variables were set is itself a setting in two cases.
    code = """
from paragon_smtp import settings
left_out = {"RUN_PORTS", "PORTAL_URL_GIVEN"}
print({name: str(value) for name, value in vars(settings).items() if name.isupper() and name not in left_out})
"""
    plain = run(tmp_path, ["-c", code], {"SECRET_KEY": "x"})
    spelt = run(tmp_path, ["-c", code], {"SECRET_KEY": "x"} | given)
    assert (plain.returncode, plain.stderr) == (0, "")
    assert (spelt.stdout, spelt.stderr) == (plain.stdout, "")
