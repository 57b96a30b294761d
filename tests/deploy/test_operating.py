"""The commands of docs/operating, run as they stand there in an installation on PostgreSQL."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from paragon_smtp.environment import BASE_DIR
from tests.end_to_end import tree
from tests.servers import postgres as binaries
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

PAGES = sorted((BASE_DIR / "docs/operating").glob("*.md"))
ADDRESS, PASSWORD = "portal@example.com", "Sealed-9-here"


def blocks(page: str) -> list[str]:
    """The commands of a page: each fenced block marked `sh`, without the indentation of the list that it stands in."""
    text = (BASE_DIR / "docs/operating" / page).read_text()
    found = re.findall(r"^( *)```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in body.splitlines()) for indent, body in found]


class Installation:
    def __init__(self, place: Path, secrets: dict[str, str]) -> None:
        self.folder = tree.copy_to(place / "paragon-smtp")
        programs = [str(Path(sys.executable).parent), str(binaries.binaries() or ""), "/usr/bin", "/bin"]
        self.environment = {
            "PATH": os.pathsep.join(programs), "HOME": str(place), "PORTAL_URL": "http://localhost",
            "DATA_DIR": str(place / "data"),
        }  # fmt: skip
        for name, value in secrets.items():
            (place / name).write_text(value + "\n")
            self.environment[f"{name.upper()}_FILE"] = str(place / name)

    def sh(self, script: str) -> str:
        done = subprocess.run(
            ["sh", "-eu"],
            input=script, cwd=self.folder, env=self.environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, code: str) -> str:
        return self.sh(f"python manage.py shell --no-imports -c '{code}'").strip()


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server(users={ADDRESS: PASSWORD}) as server:
        yield server


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis, server: MailServer
) -> Installation:
    secrets = {
        "database_url": postgres.new_database(),
        "redis_url": redis.url,
        "secret_key": "x" * 60,
        "smtp_encryption_keys": Fernet.generate_key().decode(),
    }
    made = Installation(tmp_path_factory.mktemp("operating"), secrets)
    made.sh(
        "python manage.py migrate --verbosity 0\n"
        f"echo '{PASSWORD}' | python manage.py configure_smtp --server-address 127.0.0.1 --no-tls --port {server.port} "
        f"--username {ADDRESS} --password-stdin\n"
    )
    return made


def make_account(installation: Installation, address: str) -> None:
    installation.ask(f'from accounts.models import User; User.objects.create_user("{address}")')


def accounts(installation: Installation) -> str:
    return installation.ask("from accounts.models import User; print(User.objects.count())")


def test_every_page_is_listed() -> None:
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (BASE_DIR / "docs/operating/README.md").read_text()))
    assert listed == {page.name for page in PAGES} - {"README.md"}


def test_backup_and_restore_bring_everything_back(installation: Installation) -> None:
    back_up, keep_keys, restore = blocks("backup.md")
    make_account(installation, "ada@example.com")
    installation.sh(f"{back_up}\n{keep_keys}")
    make_account(installation, "bob@example.com")
    installation.sh("printf '' > \"$SMTP_ENCRYPTION_KEYS_FILE\"; cp backup-of-keys/smtp_encryption_keys ..")
    installation.sh(restore)
    assert accounts(installation) == "1"
    code = "from settings_app.models import SMTPSettings; print(SMTPSettings.load().get_password())"
    assert installation.ask(code) == PASSWORD


def test_key_is_changed_without_losing_the_password(installation: Installation) -> None:
    before = Path(installation.environment["SMTP_ENCRYPTION_KEYS_FILE"]).read_text()
    told = installation.sh("\n".join(blocks("keys.md")))
    after = Path(installation.environment["SMTP_ENCRYPTION_KEYS_FILE"]).read_text()
    assert before.strip() not in after
    assert "Sealed anew with the newest key: 1." in told
    code = "from settings_app.models import SMTPSettings; print(SMTPSettings.load().get_password())"
    assert installation.ask(code) == PASSWORD


def test_upgrade_runs_through(installation: Installation) -> None:
    told = installation.sh("\n".join(blocks("upgrade.md")))
    assert "No planned migration operations" in told
    assert (installation.folder / "staticfiles" / "staticfiles.json").exists()


def test_several_hosts_are_seen_and_one_delivers_by_hand(installation: Installation, server: MailServer) -> None:
    make_account(installation, "cyd@example.com")
    installation.ask('from notifications.operation.heartbeats import beat; beat("host:1", ["delivery"])')
    told = installation.sh("\n".join(blocks("scaling.md")))
    assert "delivery host:1" in told
    assert "cyd@example.com" in [recipient for received in server.received for recipient in received.recipients]


def test_who_looks_for_an_e_mail_finds_out(installation: Installation, server: MailServer) -> None:
    told = installation.sh("\n".join(blocks("no-e-mail.md")))
    assert "Server Address: 127.0.0.1" in told
    assert "Delivered: the server has taken the message" in told
    assert "noc@example.com" in [recipient for received in server.received for recipient in received.recipients]
