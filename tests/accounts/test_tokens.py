from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import lifecycle, links
from accounts.tokens import activation_tokens
from tests.accounts.people import PASSWORD, make_pending

pytestmark = pytest.mark.django_db


def test_a_token_works_for_its_account_alone():
    one, two = make_pending("one@example.com"), make_pending("two@example.com")
    token = activation_tokens.make_token(one)
    assert activation_tokens.check_token(one, token)
    assert not activation_tokens.check_token(two, token)
    assert not activation_tokens.check_token(None, token)


@pytest.mark.parametrize("token", ["", "x", "0.1.2", "0..", "\x00", "0.ééé.x", "a" * 10_000])
def test_an_invented_token_is_refused(token):
    assert not activation_tokens.check_token(make_pending(), token)


def test_a_token_ends_by_age(settings, time_machine):
    settings.ACTIVATION_LIFETIME = timedelta(hours=48)
    settings.PASSWORD_RESET_TIMEOUT = 60
    user = make_pending()
    token = activation_tokens.make_token(user)
    time_machine.move_to(timezone.now() + timedelta(hours=47))
    assert activation_tokens.check_token(user, token)
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert not activation_tokens.check_token(user, token)


def test_sending_again_ends_the_earlier_links():
    user = make_pending()
    early = activation_tokens.make_token(user)
    lifecycle.send_link_again(user, None)
    late = activation_tokens.make_token(user)
    assert not activation_tokens.check_token(user, early)
    assert activation_tokens.check_token(user, late)


def test_every_copy_of_one_link_works(time_machine):
    user = make_pending()
    first = activation_tokens.make_token(user)
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    second = activation_tokens.make_token(user)
    assert first != second
    assert activation_tokens.check_token(user, first)
    assert activation_tokens.check_token(user, second)


def test_a_token_works_once():
    user = make_pending()
    token = activation_tokens.make_token(user)
    lifecycle.activate(user, password=PASSWORD)
    assert not activation_tokens.check_token(user, token)


def test_paths_are_paths():
    user = make_pending()
    assert links.activation_path(user).startswith("/activate/")
    assert links.reset_path(user).startswith("/password/reset/")
    assert links.sign_in_path() == "/sign-in/"
    assert links.password_forgotten_path() == "/password/forgotten/"
