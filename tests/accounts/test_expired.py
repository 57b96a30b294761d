"""A form that meets an ended session: sign in again, and go on with what was sent."""

import re

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db
EDIT = "/account/edit/"


def hidden(response, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())[1]


def sign_in(client: Client, email: str = "ann@example.com", **further: str):
    return client.post("/sign-in/", {"username": email, "password": PASSWORD, **further})


def end_session(client: Client) -> None:
    client.session.flush()
    del client.cookies["sessionid"]


@pytest.fixture
def asked(client, user):
    """The page that a form of Ann's meets after her session has ended."""
    sign_in(client)
    end_session(client)
    return client.post(EDIT, {"name": "Ann the Second", "time_zone": "Europe/Oslo"})


def test_what_was_sent_goes_on_after_the_sign_in(client, user, asked):
    assert "Your session has ended" in asked.content.decode()
    assert "Ann the Second" not in asked.content.decode()

    wrong = sign_in(client, password="wrong", kept=hidden(asked, "kept"), next=hidden(asked, "next"))
    onward = sign_in(client, kept=hidden(wrong, "kept"), next=hidden(wrong, "next"))
    user.refresh_from_db()
    assert user.name != "Ann the Second"
    assert f'action="{EDIT}"' in onward.content.decode()
    client.post(EDIT, {"resumed": hidden(onward, "resumed")})

    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Ann the Second", "Europe/Oslo")


def test_nobody_else_goes_on_with_it(client, user, asked):
    make_user("bob@example.com")
    answer = sign_in(client, "bob@example.com", kept=hidden(asked, "kept"), next=EDIT)
    assert answer.headers["Location"] == "/"
    client.post(EDIT, {"resumed": hidden(asked, "kept")})
    assert not User.objects.filter(name="Ann the Second").exists()


def test_it_goes_on_at_its_own_page_alone(client, user, asked):
    assert sign_in(client, kept=hidden(asked, "kept"), next="/account/").headers["Location"] == "/"


def test_it_is_kept_for_an_hour(client, user, asked, time_machine):
    from datetime import timedelta

    from django.utils import timezone

    time_machine.move_to(timezone.now() + timedelta(hours=1, seconds=5))
    assert sign_in(client, kept=hidden(asked, "kept"), next=EDIT).headers["Location"] == "/"


def test_the_token_needs_a_csrf_token_like_any_form(user, asked):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(EDIT, {"resumed": hidden(asked, "kept")}).status_code == 403
    user.refresh_from_db()
    assert user.name != "Ann the Second"


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"X-Requested-With": "fetch"}])
def test_scripts_are_led_to_the_sign_in(client, user, asked, headers):
    assert client.post(EDIT, {"name": "x"}, headers=headers).status_code == 302


def test_a_stranger_is_led_to_the_sign_in(client, user):
    assert client.post(EDIT, {"name": "x"}).status_code == 302
    client.cookies["last_user"] = "1:made-up"
    assert client.post(EDIT, {"name": "x"}).status_code == 302


def test_a_page_that_renews_itself_stays_as_it_is_and_stops(client):
    answer = client.get("/account/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Reswap"], answer.content) == (286, "none", b"")


def strict(user: User) -> Client:
    """Signed in, in a browser whose forms carry tokens; the page that it shows is of before."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.get(EDIT)
    return client


def test_a_page_of_before_the_sign_in_goes_on_by_a_press(user):
    client = strict(user)
    sent = {"name": "Ann the Second", "time_zone": "Europe/Oslo", "csrfmiddlewaretoken": "a" * 64}
    answer = client.post(EDIT, sent, headers={"Sec-Fetch-Site": "same-origin"})
    user.refresh_from_db()
    assert (answer.status_code, user.name) == (403, "Ann")
    assert "The page was of before your sign-in" in answer.content.decode()
    assert "Ann the Second" not in answer.content.decode()

    onward = {name: hidden(answer, name) for name in ("resumed", "csrfmiddlewaretoken")}
    assert client.post(EDIT, {"resumed": onward["resumed"]}).status_code == 403
    client.post(EDIT, onward)
    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Ann the Second", "Europe/Oslo")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_nothing_that_came_from_elsewhere_is_kept(user, site):
    answer = strict(user).post(EDIT, {"name": "Mallory"}, headers={"Sec-Fetch-Site": site} if site else {})
    assert answer.status_code == 403
    assert "resumed" not in answer.content.decode()
    assert "too old to be sent" in answer.content.decode()


def test_a_stranger_gets_no_page_that_goes_on():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {}, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, "resumed" in answer.content.decode()) == (403, False)
