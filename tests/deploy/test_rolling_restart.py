"""A worker that is told to end while it delivers, and the next one that takes over: real processes, a slow server."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from cryptography.fernet import Fernet

from paragon_smtp.environment import BASE_DIR
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.postgres import Postgres
from tests.servers.processes import wait_for
from tests.servers.redis import Redis

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

PEOPLE = 120
MAKE_THEM = f"""
from accounts.models import User
from settings_app.models import SMTPSettings
SMTPSettings(server_address="127.0.0.1", port=PORT, use_tls=False, authentication=False, from_name="NOC",
             from_email="noc@corp.example").save()
for number in range({PEOPLE}):
    User.objects.create_user(f"user{{number}}@corp.example")
"""
COUNT = """
from collections import Counter
from notifications.models import Notification
print(sorted(Counter(Notification.objects.values_list("state", flat=True)).items()))
"""


class Slow(SMTP):
    """Thinks for a while over each message."""

    async def push(self, status: str) -> None:
        if status.startswith("250 2.0.0 Ok: queued"):
            await asyncio.sleep(0.15)
        await super().push(status)


def arrived(server: MailServer) -> list[str]:
    return [recipient for received in server.received for recipient in received.recipients]


@pytest.mark.parametrize("pool", [["solo"], ["prefork", "--concurrency", "2"]], ids=["solo", "prefork"])
def test_rolling_restart_loses_and_repeats_nothing(
    tmp_path: Path, postgres: Postgres, redis: Redis, pool: list[str]
) -> None:
    environment = {
        "PATH": os.environ["PATH"], "DATABASE_URL": postgres.new_database(), "REDIS_URL": redis.url,
        "SECRET_KEY": "x" * 50, "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "PORTAL_URL": "http://localhost", "DATA_DIR": str(tmp_path), "CELERY_TASK_ALWAYS_EAGER": "off",
    }  # fmt: skip

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def ask(code: str) -> str:
        return manage("shell", "--no-imports", "-c", code)

    def start(name: str) -> "subprocess.Popen[bytes]":
        options = ["--queues", "delivery", "--pool", *pool, "--hostname", f"{name}@%h", "--without-gossip"]
        with (tmp_path / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "celery", "-A", "paragon_smtp", "worker", *options],
                cwd=BASE_DIR, env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    workers = []
    with mail_server(protocol=Slow) as server:
        try:
            manage("migrate", "--verbosity=0")
            ask(MAKE_THEM.replace("PORT", str(server.port)))
            workers.append(start("first"))
            wait_for(lambda: len(arrived(server)) >= 10, "deliveries under way")
            workers.append(start("second"))
            workers[0].send_signal(signal.SIGTERM)
            assert workers[0].wait(60) == 0, (tmp_path / "first.log").read_text()
            nudge = "from notifications.tasks import deliver_due; deliver_due.delay()"  # as beat does
            for _ in range(20):
                ask(nudge)
                if ask(COUNT) == f"[('delivered', {PEOPLE})]":
                    break
            assert ask(COUNT) == f"[('delivered', {PEOPLE})]"
            assert sorted(arrived(server)) == sorted(f"user{number}@corp.example" for number in range(PEOPLE))
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(60)
    for name in ("first", "second"):
        assert "Traceback" not in (tmp_path / f"{name}.log").read_text()
