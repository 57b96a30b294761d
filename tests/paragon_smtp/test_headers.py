"""What a browser is told to do with our pages."""

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts import creation, lifecycle
from accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"
PAGES = ["/sign-in/", "/no-such-page/", "/account/", "/administration/monitoring/audit-trail/", "/static/app.js"]


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("ingrid@corp.example", PASSWORD)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_the_strict_headers(client: Client, administrator: User, path: str) -> None:
    client.force_login(administrator)
    response = client.get(path)
    response.close()
    headers = response.headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    if path != "/static/app.js":
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert "no-store" in headers["Cache-Control"]


def test_browsers_come_back_by_tls(client: Client, settings: LazySettings) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert client.get("/sign-in/", secure=True)["Strict-Transport-Security"].startswith("max-age=31536000")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client, administrator: User) -> None:
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": administrator.email, "password": PASSWORD})
    assert set(client.cookies) == {"csrftoken", "sessionid", "last_user"}
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    assert client.cookies["sessionid"]["max-age"] == 12 * 3600


@pytest.mark.parametrize("deed", ["password", "lock", "disable"])
def test_sessions_end_with_a_new_password_and_with_a_lock(administrator: User, deed: str) -> None:
    user = creation.create("ann@corp.example", "Ann", password=PASSWORD)
    client = Client()
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    if deed == "password":
        user.set_password("another long phrase")
        user.save()
    elif deed == "lock":
        lifecycle.lock(user, reason="administrator")
        lifecycle.unlock(user)  # and a session from before it does not come back to life
    else:
        lifecycle.disable(user)
        lifecycle.enable(user)
    assert client.get("/account/").status_code == 302
