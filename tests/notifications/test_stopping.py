"""A real prefork worker that is told to end in the middle of its slice, with more to deliver than a slice takes."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
from aiosmtpd.smtp import SMTP
from cryptography.fernet import Fernet

from paragon_smtp.environment import BASE_DIR
from tests.servers.aiosmtp import mail_server
from tests.servers.postgres import Postgres
from tests.servers.processes import wait_for
from tests.servers.redis import Redis

PEOPLE = 600  # at a tenth of a second each
MAKE_THEM = f"""
from accounts.creation import Newcomer, create_many
from accounts.roles import Role
from settings_app.models import SMTPSettings
SMTPSettings(server_address="127.0.0.1", port=PORT, use_tls=False, authentication=False, from_name="NOC",
             from_email="noc@corp.example", connections=1).save()
addresses = [f"user{{number}}@corp.example" for number in range({PEOPLE})]
create_many([Newcomer(address, "", Role.USER, "en", "UTC") for address in addresses])
from notifications.tasks import deliver_due
for _ in range(4):
    deliver_due.delay()  # one for each process, and one that waits behind
"""


class Slow(SMTP):
    """Thinks for a while over each message."""

    async def push(self, status: str) -> None:
        if status.startswith("250 2.0.0 Ok: queued"):
            await asyncio.sleep(0.1)
        await super().push(status)


def test_warm_shutdown_of_a_prefork_worker_ends_its_slices(tmp_path: Path, postgres: Postgres, redis: Redis) -> None:
    url = postgres.new_database()
    environment = {
        "PATH": os.environ["PATH"], "DATABASE_URL": url, "REDIS_URL": redis.url.replace("/0", "/7"),
        "SECRET_KEY": "x" * 50, "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "PORTAL_URL": "http://localhost", "DATA_DIR": str(tmp_path),
    }  # fmt: skip

    def manage(*words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=BASE_DIR, env=environment, check=True)

    log = tmp_path / "worker.log"
    with mail_server(protocol=Slow) as server, log.open("wb") as output:
        manage("migrate", "--verbosity=0")
        manage("shell", "--no-imports", "-c", MAKE_THEM.replace("PORT", str(server.port)))
        options = ["--queues", "delivery", "--pool", "prefork", "--concurrency", "2", "--without-gossip"]
        worker = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "celery", "-A", "paragon_smtp", "worker", *options],
            cwd=BASE_DIR, env=environment, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            wait_for(lambda: len(server.received) >= 10, "deliveries under way")
            under_way = len(server.received)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0, log.read_text()
        finally:
            worker.kill()
            worker.wait()
        arrived = [recipient for received in server.received for recipient in received.recipients]
    assert "Traceback" not in log.read_text()
    # Its slices of 20 s would have taken about 200 more each.
    assert len(arrived) - under_way < 100
    with psycopg.connect(url) as database:
        count = "SELECT count(*) FROM notifications_notification WHERE "
        delivered = database.execute(f"{count} state = 'delivered'").fetchone()
        leased = database.execute(f"{count} lease_token IS NOT NULL").fetchone()
    assert (delivered, len(set(arrived))) == ((len(arrived),), len(arrived))  # what was in flight is finished and told
    assert leased == (0,)  # and what was not is given back
