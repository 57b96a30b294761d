"""The page's form is drawn once for the values that it shows: for no others, in no other language, for each reader."""

import pytest
from django.core.cache import caches
from django.test import Client

from accounts import creation
from accounts.models import User
from settings_app.models import SMTPSettings

pytestmark = pytest.mark.django_db
PAGE = "/administration/authentication/smtp-settings/"
PASSWORD = "Correct-horse-7"


@pytest.fixture(autouse=True)
def saved(db: None) -> None:
    stored = SMTPSettings(server_address="mail.corp.example", port=2525, username="portal@corp.example")
    stored.set_password(PASSWORD)
    stored.save()


def sign_in(address: str) -> Client:
    client = Client()
    client.force_login(creation.create(address, "Somebody", password=PASSWORD, administrator=True))
    return client


def read(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_another_process_stored_shows_at_once() -> None:
    client = sign_in("ingrid@corp.example")
    assert 'value="2525"' in read(client)
    SMTPSettings.objects.update(port=2626)  # no signal, and not even another version
    assert 'value="2626"' in read(client)
    assert 'value="2525"' not in read(client)


def test_each_reader_has_their_own_page_in_their_own_language() -> None:
    ingrid, oda = sign_in("ingrid@corp.example"), sign_in("oda@corp.example")
    User.objects.filter(email="oda@corp.example").update(language="de")
    assert 'value="ingrid@corp.example"' in read(ingrid)
    assert "ingrid@corp.example" not in read(oda)
    assert ("Port Number" in read(ingrid), "Port Number" in read(oda)) == (True, False)


def test_a_password_that_no_longer_opens_is_told_at_once() -> None:
    client = sign_in("ingrid@corp.example")
    assert "A password is stored" in read(client)
    SMTPSettings.objects.update(server_address="elsewhere.corp.example")
    assert "was entered for another server address" in read(client)


def test_nothing_that_is_remembered_holds_a_token_or_a_password() -> None:
    client = sign_in("ingrid@corp.example")
    page = read(client)
    sealed = SMTPSettings.load().password_sealed
    remembered = str(caches["template_fragments"]._cache.values())
    assert "id_server_address" in remembered
    for secret in ("csrfmiddlewaretoken", sealed, PASSWORD):
        assert secret not in remembered
    assert "csrfmiddlewaretoken" in page
    assert read(client) != page  # each has a token of its own
