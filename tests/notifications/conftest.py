from collections.abc import Iterator

import pytest

from accounts.models import User
from notifications import delivery, outbox
from settings_app.models import SMTPSettings
from tests.servers.aiosmtp import MailServer, mail_server


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("ingrid@corp.example", "a long pass phrase", name="Ingrid Solberg")


@pytest.fixture
def user(db: None) -> User:
    """An account that nobody was told of: its own creation made no notification."""
    user = User.objects.create_user("kari@corp.example", "a long pass phrase", name="Kari Nordmann")
    user.notifications.all().delete()
    return user


def save_settings(port: int, **changes: object) -> SMTPSettings:
    """Settings for a server on loopback without TLS and authentication, but for the changes."""
    values = {
        "server_address": "127.0.0.1",
        "port": port,
        "use_tls": False,
        "authentication": False,
        "from_name": "NOC",
        "from_email": "noc@corp.example",
        "timeout": 5,
    }
    settings = SMTPSettings(**values | changes)
    settings.save()
    return settings


@pytest.fixture
def open_server() -> Iterator[MailServer]:
    """A real server on loopback that wants neither TLS nor a sign-in."""
    with mail_server() as server:
        yield server


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """Nothing that a process remembers outlives a test."""
    outbox.forget_domain()
    yield
    delivery.hang_up()
