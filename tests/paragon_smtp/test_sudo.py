"""Changing the SMTP settings or an administrator's account asks for the password again, and loses nothing."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from accounts import creation
from accounts.models import LockReason, User
from audit.models import Entry
from paragon_smtp.urls import ASKS_FOR_PASSWORD
from settings_app.models import SMTPSettings

pytestmark = pytest.mark.django_db

SETTINGS = "/administration/authentication/smtp-settings/"
USERS = "/administration/user-management/users/"
PASSWORD = "a long pass phrase"
SECRET = "Sealed-9-here"
FORM = {
    "server_address": "mail.corp.example",
    "use_tls": "on",
    "port": "587",
    "authentication": "on",
    "username": "portal@corp.example",
    "password": SECRET,
    "confirm_password": SECRET,
    "from_name": 'Øst "Nett" <NOC>',
    "from_email": "noc@corp.example",
    "ehlo_name": "",
}


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("ingrid@corp.example", PASSWORD, name="Ingrid Solberg")


@pytest.fixture
def later(client: Client, administrator: User) -> Client:
    """Signed in eleven minutes ago."""
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        client.force_login(administrator)
    return client


def asked(response: object) -> bool:
    return "Confirm that it is you" in response.content.decode()  # type: ignore[attr-defined]


def answer(client: Client, response: object, password: str = PASSWORD, **options: object) -> object:
    """Fills in the form of the question as a browser does."""
    page = response.content.decode()  # type: ignore[attr-defined]
    action = html.unescape(re.search(r'<form class="stack" method="post" action="([^"]*)"', page)[1])  # type: ignore[index]
    carried = html.unescape(re.search(r'name="carried" value="([^"]*)"', page)[1])  # type: ignore[index]
    return client.post(action, {"carried": carried, "sudo_password": password}, **options)  # type: ignore[arg-type]


def test_shortly_after_signing_in_nothing_is_asked(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert client.post(SETTINGS, FORM).status_code == 302
    assert SMTPSettings.load().configured


def test_later_saving_asks_and_then_saves_what_was_typed(later: Client, administrator: User) -> None:
    question = later.post(SETTINGS, FORM)
    assert asked(question)
    assert not SMTPSettings.load().configured
    done = answer(later, question)
    assert (done.status_code, done["Location"]) == (302, SETTINGS)  # type: ignore[attr-defined, index]
    saved = SMTPSettings.load()
    assert (saved.from_name, saved.username) == ('Øst "Nett" <NOC>', "portal@corp.example")
    assert saved.get_password() == SECRET
    entry = Entry.objects.get(action="account.password_confirmed")
    assert entry.actor == administrator


def test_what_was_typed_is_not_readable_in_the_question(later: Client) -> None:
    question = later.post(SETTINGS, FORM)
    assert SECRET not in question.content.decode()
    assert question["Cache-Control"] == "no-store"


def test_errors_after_the_question_keep_what_was_typed(later: Client) -> None:
    response = answer(later, later.post(SETTINGS, FORM | {"port": "0"}))
    assert 'value="portal@corp.example"' in response.content.decode()  # type: ignore[attr-defined]
    assert not SMTPSettings.load().configured


def test_once_answered_it_is_not_asked_for_a_while(later: Client, settings: LazySettings) -> None:
    answer(later, later.post(SETTINGS, FORM))
    assert later.post(SETTINGS, FORM).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert asked(later.post(SETTINGS, FORM))
    settings.SUDO_LIFETIME = timedelta(hours=1)
    with time_machine.travel(timezone.now() + timedelta(minutes=50)):
        assert later.post(SETTINGS, FORM).status_code == 302


def test_a_clock_that_was_set_back_confirms_nothing(client: Client, administrator: User) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        client.force_login(administrator)
    assert asked(client.post(SETTINGS, FORM))


def test_wrong_password_changes_nothing_and_can_be_corrected(later: Client) -> None:
    again = answer(later, later.post(SETTINGS, FORM), "wrong")
    assert "This is not your password." in again.content.decode()  # type: ignore[attr-defined]
    assert not SMTPSettings.load().configured
    empty = answer(later, again, "")
    assert "Enter your password." in empty.content.decode()  # type: ignore[attr-defined]
    assert answer(later, empty).status_code == 302  # type: ignore[attr-defined]
    assert SMTPSettings.load().get_password() == SECRET


def test_guessing_locks_the_account_and_ends_the_session(later: Client, administrator: User) -> None:
    question = later.post(SETTINGS, FORM)
    for _ in range(5):
        answer(later, question, "wrong")
    administrator.refresh_from_db()
    assert administrator.lock_reason == LockReason.SIGN_IN
    assert answer(later, question)["Location"].startswith("/sign-in/")  # type: ignore[index]
    assert not SMTPSettings.load().configured


def test_what_is_carried_serves_this_page_in_this_session_alone(later: Client, administrator: User) -> None:
    question = later.post(SETTINGS, FORM)
    other = Client()
    other.force_login(administrator)
    response = answer(other, question, follow=True)
    assert "Too much time has passed" in response.content.decode()  # type: ignore[attr-defined]
    carried = re.search(r'name="carried" value="([^"]*)"', question.content.decode())[1]  # type: ignore[index]
    elsewhere = later.post(f"{USERS}add/", {"carried": carried, "sudo_password": PASSWORD}, follow=True)
    assert "Too much time has passed" in elsewhere.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        response = answer(later, question, follow=True)
        assert "Too much time has passed" in response.content.decode()  # type: ignore[attr-defined]
    assert not SMTPSettings.load().configured


@pytest.mark.parametrize("came_from", ["", "Ò", "smtp", "//elsewhere.example/", "https://elsewhere.example/"])
def test_a_token_of_ones_own_making_is_refused(later: Client, came_from: str) -> None:
    form = {"carried": "gAAAA\u00e9", "sudo_password": PASSWORD}
    response = later.post(SETTINGS, form, follow=True, HTTP_REFERER=came_from)
    assert "Too much time has passed" in response.content.decode()
    assert response.redirect_chain[0][0] == "/"


def test_the_answer_needs_our_own_page(administrator: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator)
    assert strict.post(SETTINGS, {"carried": "x", "sudo_password": PASSWORD}).status_code == 403


def test_looking_asks_nothing(later: Client) -> None:
    assert not asked(later.get(SETTINGS))
    assert not asked(later.get(USERS))


def test_a_user_without_the_permission_is_refused_and_not_asked(client: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        client.force_login(User.objects.create_user("user@corp.example", PASSWORD))
    assert client.post(SETTINGS, FORM).status_code == 403
    assert client.post(f"{USERS}add/", {"role": "administrator"}).status_code == 403


# Administrators' accounts


def test_acting_on_an_administrator_asks_on_a_user_not(later: Client) -> None:
    oda = creation.create("oda@corp.example", "Oda", password=PASSWORD, administrator=True)
    ann = creation.create("ann@corp.example", "Ann", password=PASSWORD)
    assert later.post(f"{USERS}{ann.pk}/lock/").status_code == 302
    question = later.post(f"{USERS}{oda.pk}/lock/")
    assert asked(question)
    oda.refresh_from_db()
    assert oda.state == "active"
    assert answer(later, question).status_code == 302  # type: ignore[attr-defined]
    oda.refresh_from_db()
    assert oda.state == "locked"


def test_acting_on_several_asks_where_one_is_an_administrator(later: Client) -> None:
    ann, oda = (
        creation.create(f"{name}@corp.example", name, password=PASSWORD, administrator=name == "oda")
        for name in ("ann", "oda")
    )
    question = later.post(f"{USERS}selected/", {"deed": "lock", "pk": [ann.pk, oda.pk]})
    assert asked(question)
    answer(later, question)
    assert set(User.objects.filter(state="locked")) == {ann, oda}
    assert not asked(later.post(f"{USERS}selected/", {"deed": "unlock", "pk": [ann.pk]}))


def test_editing_an_administrator_and_oneself_asks(later: Client) -> None:
    oda = creation.create("oda@corp.example", "Oda", password=PASSWORD, administrator=True)
    assert asked(later.post(f"{USERS}{oda.pk}/edit/", {"name": "Oda Lie"}))
    assert asked(later.post("/account/edit/", {"name": "Ingrid"}))


def test_the_pages_that_ask_exist() -> None:
    names = set()

    def collect(patterns: list[object], namespace: str = "") -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{pattern.namespace}:" if pattern.namespace else ""
                collect(pattern.url_patterns, namespace + inner)
            else:
                names.add(f"{namespace}{pattern.name}")  # type: ignore[attr-defined]

    collect(get_resolver().url_patterns)
    assert set(ASKS_FOR_PASSWORD) - names == set()


def test_making_an_administrator_asks_adding_a_user_not(later: Client) -> None:
    values = {"email": "new@corp.example", "name": "New"}
    assert later.post(f"{USERS}add/", values | {"role": "user"}).status_code == 302
    question = later.post(f"{USERS}add/", {"email": "boss@corp.example", "name": "Boss", "role": "administrator"})
    assert asked(question)
    assert not User.objects.filter(email="boss@corp.example").exists()
    answer(later, question)
    assert User.objects.get(email="boss@corp.example").is_superuser


# An answer that comes when the session has ended


@pytest.fixture
def away(later: Client) -> Client:
    """Signed in by the form, eleven minutes ago: the browser remembers who it was."""
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        later.post("/sign-in/", {"username": "ingrid@corp.example", "password": PASSWORD})
    return later


def answered_too_late(client: Client) -> object:
    question = client.post(SETTINGS, FORM)
    client.session.flush()
    del client.cookies["sessionid"]
    return answer(client, question)


def signed_in_again(client: Client, page: object, **who: str) -> object:
    kept = re.search(r'name="kept" value="([^"]*)"', page.content.decode())[1]  # type: ignore[attr-defined, index]
    values = {"username": "ingrid@corp.example", "password": PASSWORD, "next": SETTINGS, "kept": kept}
    return client.post("/sign-in/", values | who)


def test_an_answer_after_the_session_keeps_what_was_typed_and_not_the_answer(away: Client) -> None:
    page = answered_too_late(away)
    onward = signed_in_again(away, page)
    for shown in (page, onward):
        assert not {SECRET, PASSWORD, FORM["from_name"]} & set(re.findall(r'value="([^"]*)"', shown.content.decode()))  # type: ignore[attr-defined]
    assert not SMTPSettings.load().configured
    resumed = re.search(r'name="resumed" value="([^"]*)"', onward.content.decode())[1]  # type: ignore[attr-defined, index]
    away.session.flush()
    again = signed_in_again(away, away.post(SETTINGS, {"resumed": resumed}))
    resumed = re.search(r'name="resumed" value="([^"]*)"', again.content.decode())[1]  # type: ignore[attr-defined, index]
    assert away.post(SETTINGS, {"resumed": resumed}).status_code == 302
    assert SMTPSettings.load().get_password() == SECRET


def test_such_an_answer_is_nobody_elses(away: Client) -> None:
    oda = creation.create("oda@corp.example", "Oda", password="Correct-horse-7", administrator=True)
    other = signed_in_again(away, answered_too_late(away), username=oda.email, password="Correct-horse-7")
    assert other["Location"] == "/"  # type: ignore[index]
    assert not SMTPSettings.load().configured


def test_such_an_answer_ends_with_the_password(away: Client, administrator: User) -> None:
    question = away.post(SETTINGS, FORM)
    administrator.set_password("another pass phrase")
    administrator.save()
    assert "is not kept any more" in answer(away, question, follow=True).content.decode()  # type: ignore[attr-defined]


def test_an_answer_around_nothing_says_that_nothing_was_kept(away: Client) -> None:
    away.session.flush()
    response = away.post(SETTINGS, {"carried": "made up", "sudo_password": PASSWORD}, follow=True)
    assert "What was sent before is not kept any more." in response.content.decode()
