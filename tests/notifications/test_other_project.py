"""The mail apps in a Django project with other accounts: configure, enqueue, deliver."""

import os
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

from cryptography.fernet import Fernet

from tests.servers.aiosmtp import mail_server

ROOT = Path(__file__).resolve().parent.parent.parent

SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "shop", "audit", "settings_app", "notifications",
]
AUTH_USER_MODEL = "shop.Customer"
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "{folder}/db.sqlite3"}}}}
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": ["{folder}/templates", "{root}/templates"], "APP_DIRS": True,
}}]
LOCALE_PATHS = ["{root}/locale"]
USE_TZ = True
EMAIL_BACKEND = "notifications.backend.SavedSettingsBackend"
SMTP_ENCRYPTION_KEYS = ["{key}"]
PORTAL_URL, PRODUCT_NAME, SUPPORT_CONTACT = "https://shop.example", "Shop", ""
"""

# Whatever their keys are.
MODELS = """
import uuid
from django.contrib.auth.models import AbstractUser
from django.db import models

class Customer(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
"""

SCRIPT = """
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.core.management import call_command
from notifications import links, outbox
from notifications.models import Notification

call_command("migrate", run_syncdb=True, verbosity=0)
call_command("configure_smtp", server_address="127.0.0.1", port="{port}", use_tls=False, authentication=False,
             from_name="Shop", from_email="shop@corp.example")
links.register("order", lambda user: "/orders/")
ola = get_user_model().objects.create(username="ola", first_name="Ola", last_name="Hansen", email="ola@corp.example")
outbox.enqueue("order_shipped", ola, {{"link": "order"}})
Notification.objects.update(language="de")
call_command("deliver_notifications")
send_mail("Direct", "text", None, ["ola@corp.example"])
"""

TEXTS = {
    "order_shipped.subject.txt": "Your order",
    "order_shipped.txt": "{% extends 'emails/layout.txt' %}{% block what %}Shipped.{% endblock %}",
    "order_shipped.html": "{% extends 'emails/layout.html' %}{% block what %}Shipped.{% endblock %}",
}


def test_mail_apps_serve_a_project_with_other_accounts(tmp_path: Path) -> None:
    emails = tmp_path / "templates" / "emails"
    emails.mkdir(parents=True)
    for name, text in TEXTS.items():
        (emails / name).write_text(text)
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").touch()
    (shop / "models.py").write_text(MODELS)
    key = Fernet.generate_key().decode()
    (tmp_path / "shop_settings.py").write_text(SETTINGS.format(folder=tmp_path, root=ROOT, key=key))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "shop_settings",
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
    }
    with mail_server() as server:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(port=server.port)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    queued, direct = (message_from_bytes(received.content, policy=policy.default) for received in server.received)
    assert (queued["To"], queued["Subject"], direct["Subject"]) == ("ola@corp.example", "Your order", "Direct")
    text = queued.get_body(("plain",)).get_content()
    assert "Ola Hansen" in text
    assert "https://shop.example/orders/" in text
    assert (queued["Content-Language"], "Automatisch gesendet von Shop." in text) == ("de", True)
