"""What is drawn once: the link to one's own account, for its reader alone and as it is in the database now."""

import pytest
from django.test import Client

from accounts import creation
from accounts.models import User

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
