"""No secret in a debug page or a log, whatever fails while it is in memory."""

import logging

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from settings_app.models import SMTPSettings

pytestmark = pytest.mark.django_db

SECRET = "Sealed-9-here"
PASSWORD = "a long pass phrase"
BROKER = "redis://:broker-secret@127.0.0.1/0"
FORM = {
    "server_address": "mail.corp.example",
    "use_tls": "on",
    "authentication": "on",
    "username": "portal@corp.example",
    "password": SECRET,
    "confirm_password": SECRET,
}


@pytest.fixture
def breaking(client: Client, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Client:
    """Signed in where every save fails, deep below the form that holds the password."""

    def fails(self: SMTPSettings, *_: object, **__: object) -> None:
        secret_value, form_data = self.get_password(), dict(FORM)
        raise RuntimeError(f"broken with {len(secret_value)} and {len(form_data)}")

    monkeypatch.setattr(SMTPSettings, "save", fails)
    settings.CELERY_BROKER_URL = BROKER
    client.raise_request_exception = False
    client.force_login(User.objects.create_superuser("ingrid@corp.example", PASSWORD))
    return client


@pytest.mark.parametrize("debug", [True, False])
def test_no_secret_in_what_is_shown_or_logged(
    breaking: Client, settings: LazySettings, caplog: pytest.LogCaptureFixture, debug: bool
) -> None:
    settings.DEBUG = debug
    environment = {"DATABASE_URL": "postgresql://p:database-secret@h/d", "SMTP_ENCRYPTION_KEYS": "key-secret"}
    with caplog.at_level(logging.DEBUG):
        response = breaking.post("/administration/authentication/smtp-settings/", FORM, **environment)
    assert response.status_code == 500
    shown = response.content.decode() + caplog.text
    assert ("broken with 13 and 6" in shown) == debug or "broken with 13 and 6" in caplog.text
    session = breaking.cookies["sessionid"].value
    secrets = [SECRET, "broker-secret", "database-secret", "key-secret", session, settings.SECRET_KEY]
    for secret in (*secrets, *settings.SMTP_ENCRYPTION_KEYS):
        assert secret not in shown


def test_a_password_typed_at_the_sign_in_is_not_shown(
    client: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    settings.DEBUG = True
    client.raise_request_exception = False
    monkeypatch.setattr("accounts.backends.LockingBackend.authenticate", fails)
    User.objects.create_user("ann@corp.example", PASSWORD)
    response = client.post("/sign-in/", {"username": "ann@corp.example", "password": PASSWORD})
    assert response.status_code == 500
    assert PASSWORD not in response.content.decode()
