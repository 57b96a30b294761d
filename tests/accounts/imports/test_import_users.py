"""`manage.py import_users`, as an operator's script sees it: real processes on real databases."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from paragon_smtp.environment import BASE_DIR
from tests.accounts.imports.conftest import table

pytestmark = pytest.mark.slow

MIXED = "email;name;role\nann@example.com;Ann;operator\nnobody;=1+1;\nbob@example.com;Bob;\n"
FIGURES = """
from accounts.models import User; from notifications.models import Notification
from accounts.imports.models import Import, ImportBatch
print(User.objects.count(), Notification.objects.count(), Import.objects.count(), ImportBatch.objects.count())
"""
WORK = "from accounts.imports import running\nwhile running.run(): pass"


class Installation:
    """A database of its own, and `manage.py` on it."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        folder.chmod(0o700)
        self.environment = os.environ | {
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "PORTAL_URL": "http://localhost:8000",
            "SECRET_KEY": "a key for this database alone",
            "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        }
        assert self.manage("migrate", "-v0").returncode == 0

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(BASE_DIR / "manage.py"), *arguments]

    def manage(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = self.command(*arguments)
        return subprocess.run(
            command, env=self.environment, input=given, capture_output=True, check=False, cwd=self.folder
        )

    def shell(self, code: str) -> str:
        done = self.manage("shell", "-v0", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().strip()

    def figures(self) -> list[int]:
        """How many users, notifications, imports and batches there are."""
        return [int(word) for word in self.shell(FIGURES).split()]


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    on_sqlite = request.param == "sqlite"
    return Installation(tmp_path, "" if on_sqlite else request.getfixturevalue("postgres").new_database())


def killed_at_work(process: subprocess.Popen[bytes], has_begun: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not has_begun():
        assert process.poll() is None, "it had ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()


def test_kill_9_loses_nobody_and_doubles_nobody(installation: Installation) -> None:
    number = 12_000
    (installation.folder / "people.csv").write_text(table(number))
    process = subprocess.Popen(
        installation.command("import_users", "people.csv"), env=installation.environment, cwd=installation.folder
    )
    killed_at_work(process, lambda: installation.figures()[0] > 0)
    users, told, imports, batches = installation.figures()
    assert users == told > 0
    assert imports == 1
    assert batches > 0

    installation.shell(WORK)
    assert installation.figures() == [number, number, 1, 0]

    again = installation.manage("import_users", "people.csv")
    assert again.stdout.decode() == "0 were given an account, 12,000 had one already, 0 rows were rejected.\n"
    assert again.returncode == 0
    assert installation.figures()[:2] == [number, number]


def test_what_it_says_and_returns(installation: Installation) -> None:
    look = installation.manage("import_users", "-", "--dry-run", given=MIXED.encode("utf-16"))
    assert look.stdout.decode() == (
        "2 would be given an account, 0 have one already, 1 row was rejected. Nothing was changed.\n"
    )
    assert look.returncode == 1
    assert installation.figures() == [0, 0, 0, 0]

    done = installation.manage("import_users", "-", "--rejected", "bad.csv", given=MIXED.encode())
    assert done.stdout.decode() == "2 were given an account, 0 had one already, 1 row was rejected.\n"
    assert "Line 3: “nobody” is not an e-mail address" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert done.returncode == 1
    assert (installation.folder / "bad.csv").read_text("utf-8-sig").splitlines()[1].endswith(";nobody;'=1+1;")
    assert installation.figures() == [2, 2, 1, 0]

    for arguments, sentence in [
        (["gone.csv"], "gone.csv cannot be read: No such file or directory."),
        (["-"], "The file is empty."),
        ([], "the following arguments are required: FILE"),
    ]:
        refused = installation.manage("import_users", *arguments)
        assert refused.returncode == 2
        assert sentence in refused.stderr.decode()
        assert "Traceback" not in refused.stderr.decode()
