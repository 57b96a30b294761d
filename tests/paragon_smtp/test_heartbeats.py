"""Who is at work, as real worker processes tell it."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from notifications.models import Worker
from notifications.operation import heartbeats
from paragon_smtp.environment import BASE_DIR
from tests.servers import processes
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis


def test_heartbeats_of_long_ago_are_forgotten(db: None) -> None:
    heartbeats.beat("host:1", ["delivery", "tests", "clock"])
    Worker.objects.filter(kind="clock").update(seen=timezone.now() - timedelta(days=2))
    heartbeats.prune()
    assert list(Worker.objects.values_list("kind", flat=True)) == ["delivery", "tests"]


@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        (["worker", "-Q", "delivery,tests", "-P", "solo", "-n", "both@%h"], ["delivery", "tests"]),
        (["worker", "-Q", "delivery", "-P", "prefork", "-c", "2", "-n", "fork@%h"], ["delivery"]),
        (["beat", "--pidfile="], ["clock"]),
    ],
)
def test_worker_tells_that_it_lives_and_that_it_goes(
    tmp_path: Path, postgres: Postgres, redis: Redis, arguments: list[str], kinds: list[str]
) -> None:
    environment = {
        "PATH": os.environ["PATH"], "DATABASE_URL": postgres.new_database(), "REDIS_URL": redis.url,
        "SECRET_KEY": "x" * 50, "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "PORTAL_URL": "http://localhost", "DATA_DIR": str(tmp_path), "READY_FILE": str(tmp_path / "ready"),
    }  # fmt: skip

    def manage(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def seen() -> str:
        script = "from notifications.models import Worker; print(sorted(Worker.objects.values_list('kind', flat=True)))"
        return manage("shell", "--no-imports", "-c", script)

    manage("migrate", "--verbosity=0")
    log = (tmp_path / "log").open("wb")
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "paragon_smtp", *arguments],
        cwd=BASE_DIR, env=environment, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        processes.wait_for((tmp_path / "ready").exists, f"ready: {(tmp_path / 'log').read_text()}")
        processes.wait_for(lambda: seen() == str(kinds), "the first heartbeat")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0, (tmp_path / "log").read_text()
        assert seen() == "[]"
    finally:
        worker.kill()
        log.close()
