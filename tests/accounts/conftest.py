from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.accounts.people import Ear, make_administrator, make_operator, make_user


@pytest.fixture(autouse=True)
def quick_answers(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ANSWER_STEP = timedelta(0)


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    ear.listen()
    yield ear
    ear.stop()


@pytest.fixture
def administrator(db):
    return make_administrator()


@pytest.fixture
def operator(db):
    return make_operator()


@pytest.fixture
def user(db):
    return make_user()


@pytest.fixture
def as_administrator(administrator) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def as_operator(operator) -> Client:
    client = Client()
    client.force_login(operator)
    return client
