import pytest
import trustme

from accounts.models import User
from settings_app.models import SMTPSettings

PASSWORD = "Sealed-9-here"


@pytest.fixture
def values() -> dict[str, object]:
    """What the page sends for a server with authentication."""
    return {
        "server_address": "mail.corp.example",
        "use_tls": "on",
        "port": "587",
        "authentication": "on",
        "username": "portal@corp.example",
        "password": PASSWORD,
        "confirm_password": PASSWORD,
        "from_name": "Corp Network Operations",
        "from_email": "noc@corp.example",
        "tls_mode": "auto",
        "ca_certificate": "",
        "ehlo_name": "",
        "timeout": "30",
    }


@pytest.fixture
def open_values() -> dict[str, object]:
    """What the page sends for a server without authentication."""
    return {"server_address": "127.0.0.1", "port": "2525", "from_name": "NOC", "from_email": "noc@corp.example"}


@pytest.fixture
def saved(db: None) -> SMTPSettings:
    settings = SMTPSettings(
        server_address="mail.corp.example", port=587, username="portal@corp.example", from_email="noc@corp.example"
    )
    settings.set_password(PASSWORD)
    settings.save()
    return settings


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("ingrid@corp.example", "a long pass phrase", name="Ingrid Solberg")


@pytest.fixture(scope="session")
def ca_pem() -> str:
    return trustme.CA(organization_name="Corp Root CA").cert_pem.bytes().decode()
