"""The advice that the page's script asks for, and the page that comes back filled in."""

import pytest
from django.test import Client

from accounts.models import User
from settings_app.models import SMTPSettings
from tests.settings_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db

URL = "/administration/authentication/smtp-settings/"
BOTH = [f"{URL}advice/", f"{URL}fill/"]


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.mark.parametrize("url", BOTH)
def test_both_are_for_administrators_by_post_and_with_a_token(url: str, administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(url).status_code in (302, 403)
    client.force_login(User.objects.create_user("user@corp.example", "a long pass phrase"))
    assert client.post(url).status_code == 403
    client.force_login(administrator)
    assert client.post(url, {"server_address": "smtp.gmail.com"}).status_code == 403
    assert Client().get(url).status_code in (302, 405)


@pytest.mark.parametrize("url", BOTH)
def test_neither_stores_or_shows_a_password(
    url: str, signed_in: Client, saved: SMTPSettings, values: dict[str, object]
) -> None:
    before = SMTPSettings.objects.values().get()
    sent = values | {
        "server_address": "smtp.gmail.com",
        "port": "25",
        "password": "Other-6-pass",
        "confirm_password": "x",
    }
    response = signed_in.post(url, sent)
    assert response.status_code == 200
    assert "Other-6-pass" not in response.content.decode()
    assert PASSWORD not in response.content.decode()
    assert SMTPSettings.objects.values().get() == before


def test_advice_is_a_fragment_on_what_was_sent_alone(signed_in: Client, saved: SMTPSettings) -> None:
    page = signed_in.post(f"{URL}advice/", {"server_address": "smtp.sendgrid.net", "port": "587", "use_tls": "on"})
    assert "<html" not in page.content.decode()
    assert "the word apikey" in page.content.decode()
    assert signed_in.post(f"{URL}advice/", {"server_address": "https://x/", "port": "ab"}).content.strip() == b""


def test_what_was_typed_is_escaped(signed_in: Client) -> None:
    page = signed_in.post(f"{URL}advice/", {"server_address": "smtp.gmail.com", "port": "587", "use_tls": "on",
                                            "authentication": "on", "username": "<b>@x</b>"})  # fmt: skip
    assert "<b>" not in page.content.decode()


def test_filling_in_keeps_the_version_that_the_form_was_drawn_from(
    signed_in: Client, saved: SMTPSettings, values: dict[str, object]
) -> None:
    drawn = saved.version
    saved.save()
    page = signed_in.post(f"{URL}fill/", values | {"server_address": "smtp.gmail.com", "version": str(drawn)})
    assert f'name="version" value="{drawn}"' in page.content.decode()


def test_a_conflict_is_still_noticed_beside_the_advice(
    signed_in: Client, saved: SMTPSettings, values: dict[str, object]
) -> None:
    drawn = saved.version
    saved.from_name = "Somebody else's"
    saved.save()
    page = signed_in.post(URL, values | {"version": str(drawn)}).content.decode()
    assert "Somebody else" in page
    assert SMTPSettings.load().from_name == "Somebody else's"
