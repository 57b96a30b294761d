"""Lines of the threat model in docs/security.md that belong to no part alone."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.test import Client
from redis import Redis as RedisClient

from accounts.models import User
from notifications import delivery
from paragon_smtp.environment import BASE_DIR
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer
from tests.servers.redis import Redis

PASSWORD = "a long pass phrase"
EVIL = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "host=evil.example"}


@pytest.mark.django_db
def test_no_host_that_a_request_names_gets_into_an_e_mail(
    client: Client, settings: LazySettings, plain_server: MailServer
) -> None:
    page = "/password/forgotten/"
    User.objects.create_user("kari@corp.example", PASSWORD)
    save_settings(plain_server.port)
    assert client.post(page, {"email": "kari@corp.example"}, **EVIL).status_code == 400
    settings.ALLOWED_HOSTS = ["*"]  # as an operator may have set it
    assert client.post(page, {"email": "kari@corp.example"}, **EVIL).status_code == 302
    delivery.deliver_due()
    contents = [message.content.decode() for message in plain_server.received]
    (reset,) = (content for content in contents if "/password/reset/" in content)
    assert f"{settings.PORTAL_URL}/password/reset/" in reset
    assert not any("evil.example" in content for content in contents)


BROUGHT_ABOUT = """
from accounts.models import User
from notifications import delivery_test
from settings_app.models import SMTPSettings
ann = User.objects.create_user("ann@corp.example", "Ann's pass phrase", name="Ann Example")
saved = SMTPSettings(server_address="mail.corp.example", username="portal@corp.example", from_name="NOC")
saved.set_password("Sealed-9-here")
saved.save()
delivery_test.start(saved, "recipient@corp.example", ann)
print(saved.password_sealed)
"""


def test_no_person_and_no_secret_travels_through_the_broker(tmp_path: Path, redis: Redis) -> None:
    url = redis.url.replace("/0", "/5")
    environment = {
        "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "REDIS_URL": url, "PORTAL_URL": "http://localhost",
        "SECRET_KEY": "x" * 50, "SMTP_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }  # fmt: skip

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=BASE_DIR, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    manage("migrate", "--verbosity=0")
    sealed = manage("shell", "--no-imports", "-c", BROUGHT_ABOUT).strip()
    client = RedisClient.from_url(url)
    messages = [json.loads(raw) for queue in ("delivery", "tests") for raw in client.lrange(queue, 0, -1)]
    tasks = {message["headers"]["task"] for message in messages}
    assert tasks >= {"notifications.tasks.deliver_due", "notifications.tasks.run_delivery_test"}
    said = json.dumps(messages) + " ".join(base64.b64decode(message["body"]).decode() for message in messages)
    for word in ("@corp.example", "Ann", "mail.corp", "NOC", "pass phrase", "Sealed-9", sealed):
        assert word not in said
