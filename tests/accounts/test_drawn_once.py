"""What is drawn once, a form's fields among it: as it is in the database now, for its reader alone, nothing sent."""

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from accounts import creation
from accounts.models import User
from accounts.roles import Role

pytestmark = pytest.mark.django_db
PASSWORD = "Correct-horse-7"
OWN = "/account/"


def sign_in(address: str, name: str, **options: bool) -> Client:
    client = Client()
    client.force_login(creation.create(address, name, password=PASSWORD, **options))
    return client


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_reader_is_named_as_they_are_now_and_to_themselves_alone() -> None:
    ingrid, oda = sign_in("ingrid@corp.example", "Ingrid Solberg"), sign_in("oda@corp.example", "Oda Solberg")
    assert "<b>Ingrid Solberg</b>" in read(ingrid, OWN)
    assert "<b>Oda Solberg</b>" in read(oda, OWN)
    User.objects.filter(email="ingrid@corp.example").update(name="Ingrid Berg", is_superuser=True)
    page = read(ingrid, OWN)
    assert "<b>Ingrid Berg</b>" in page
    assert "Solberg</b>" not in page
    assert '<span class="quiet">Administrator</span>' in page


@pytest.fixture
def kim() -> User:
    return creation.create("kim@corp.example", "Kim Lange")


def edit_page(user: User) -> str:
    return reverse("accounts:user-edit", args=[user.pk])


def test_a_form_shows_what_is_in_the_database_now(kim: User) -> None:
    ingrid, path = sign_in("ingrid@corp.example", "Ingrid", administrator=True), edit_page(kim)
    drawn = read(ingrid, path)
    for shown in ('value="Kim Lange"', '<option value="user" selected>', '<option value="UTC" selected>'):
        assert shown in drawn
    User.objects.filter(pk=kim.pk).update(name="Kim Berg", time_zone="Europe/Oslo", is_superuser=True)
    drawn = read(ingrid, path)
    for shown in (
        'value="Kim Berg"',
        '<option value="administrator" selected>',
        '<option value="Europe/Oslo" selected>',
    ):
        assert shown in drawn
    assert "Kim Lange" not in drawn


def test_a_form_offers_what_its_reader_may_choose_in_their_language(kim: User) -> None:
    ingrid = sign_in("ingrid@corp.example", "Ingrid", administrator=True)
    oda = sign_in("oda@corp.example", "Oda", operator=True)
    offered = f'<option value="{Role.ADMINISTRATOR.value}"'
    for path in (reverse("accounts:user-add"), edit_page(kim)):
        assert [offered in read(client, path) for client in (ingrid, oda, ingrid)] == [True, False, True]
    User.objects.filter(email="oda@corp.example").update(language="de")
    add = reverse("accounts:user-add")
    assert ["Time zone" in read(client, add) for client in (ingrid, oda)] == [True, False]


def test_ones_own_form_is_not_the_one_that_others_have_of_one() -> None:
    ingrid = sign_in("ingrid@corp.example", "Ingrid", administrator=True)
    oda = sign_in("oda@corp.example", "Oda", administrator=True)
    path = edit_page(User.objects.get(email="oda@corp.example"))
    assert ['name="role"' in read(client, path) for client in (ingrid, oda)] == [True, False]
    own = reverse("accounts:own-edit")
    assert ['value="Ingrid"' in read(client, own) for client in (ingrid, oda)] == [True, False]


def test_what_is_sent_is_drawn_and_forgotten(kim: User) -> None:
    ingrid = sign_in("ingrid@corp.example", "Ingrid", administrator=True)
    edit, change = edit_page(kim), reverse("accounts:password-change")
    new = (read(ingrid, edit), read(ingrid, change))
    typed = {"email": "kim at corp.example", "name": "Typed Name", "role": "user"}
    refused = ingrid.post(edit, typed).content.decode()
    assert 'value="kim at corp.example"' in refused
    assert 'id="problems"' in refused
    passwords = {"old_password": "Wrong-guess-1", "new_password1": "Fine-enough-22", "new_password2": "Fine-enough-23"}
    assert "This is not your present password." in ingrid.post(change, passwords).content.decode()
    for before, after in zip(new, (read(ingrid, edit), read(ingrid, change)), strict=True):
        assert "is-bad" not in after
        assert len(before) == len(after)
    remembered = str(caches["template_fragments"]._cache.values())
    assert "id_new_password1" in remembered
    for kept_out in ("Typed Name", "kim at corp", *passwords.values(), "csrfmiddlewaretoken"):
        assert kept_out not in remembered


def test_an_account_that_no_key_can_name_is_not_found() -> None:
    ingrid = sign_in("ingrid@corp.example", "Ingrid", administrator=True)
    for key in (2**63 - 1, 2**63):
        assert ingrid.get(reverse("accounts:user-edit", args=[key])).status_code == 404
