"""Whatever changes an account, by page, command line or shell: exactly these e-mails arrive at a mail server."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.models import User
from notifications import delivery
from notifications.models import Notification
from tests.accounts.people import NEW_PASSWORD, PASSWORD, lock_by_failures, make_administrator, make_pending, make_user
from tests.accounts.test_users_pages import LIST
from tests.notifications.conftest import save_settings

pytestmark = pytest.mark.django_db

CREATED, ACTIVE = "Your account at Paragon Automation", "Your account is active"
LOCKED, UNLOCKED = "Your account is locked", "Your account is unlocked"
DISABLED, ENABLED = "Your account is disabled", "Your account is enabled again"
CHANGED, RESET = "Your password was changed", "Set a new password"
MOVED = "The e-mail address of your account was changed"
TWICE = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


@dataclass
class World:
    """An installation with an administrator, a user who signs in and one who has not been activated."""

    administrator: User
    ann: User
    pia: User
    server: Any
    settings: Any
    clock: Any
    folder: Path

    def arrived(self) -> list[tuple[str, str]]:
        """To whom, and the subject, of what has arrived since it was last asked."""
        self.server.received.clear()
        delivery.deliver_due()
        messages = [message_from_bytes(received.content, policy=policy.default) for received in self.server.received]
        return sorted((str(message["To"]), str(message["Subject"])) for message in messages)

    def link(self) -> str:
        """The one-time link in what was delivered last."""
        text = message_from_bytes(self.server.received[-1].content, policy=policy.default).get_body(("plain",))
        return re.findall(r"http://localhost:8000(/(?:activate|password)/\S+/\S+/)", text.get_content())[0]

    def post(self, path: str, **values: str) -> None:
        """As the administrator, on the page and with its form."""
        client = Client()
        client.force_login(self.administrator)
        response = client.post(path, values)
        assert response.status_code == 302, response.context["form"].errors

    def do(self, deed: str, user: User) -> None:
        self.post(f"{LIST}{user.pk}/{deed}/")

    def sign_in(self, password: str) -> Client:
        client = Client()
        client.post("/sign-in/", {"username": "ann@example.com", "password": password})
        return client

    def fail_to_sign_in(self) -> None:
        for _ in range(self.settings.SIGN_IN_FAILURES):
            self.sign_in("wrong")

    def open_link_and_set_password(self) -> None:
        client = Client()
        form = client.get(self.link()).headers["Location"]
        assert client.post(form, TWICE).status_code == 302

    def ask_for_link(self, address: str) -> None:
        Client().post("/password/forgotten/", {"email": address})


@pytest.fixture
def world(db, plain_server, settings, time_machine, tmp_path) -> World:
    time_machine.move_to(timezone.now(), tick=True)
    save_settings(plain_server.port)
    people = make_administrator(), make_user(), make_pending()
    Notification.objects.all().delete()
    return World(*people, plain_server, settings, time_machine, tmp_path)


def ann(*subjects: str) -> list[tuple[str, str]]:
    return sorted(("ann@example.com", subject) for subject in subjects)


def shell(code: str) -> None:
    call_command("shell", "--verbosity=0", command=f"from accounts.models import User; {code}")


PAGES: dict[str, tuple[Callable[[World], Any], list[tuple[str, str]]]] = {
    "an administrator adds somebody": (
        lambda world: world.post(f"{LIST}add/", email="bob@example.com", name="Bob", role="user"),
        [("bob@example.com", CREATED)],
    ),
    "an administrator sends the link again": (
        lambda world: world.do("send-link", world.pia),
        [("pia@example.com", CREATED)],
    ),
    "an administrator activates": (lambda world: world.do("activate", world.pia), [("pia@example.com", ACTIVE)]),
    "an administrator locks": (lambda world: world.do("lock", world.ann), ann(LOCKED)),
    "an administrator locks twice": (
        lambda world: [world.do("lock", world.ann), world.do("lock", world.ann)],
        ann(LOCKED),
    ),
    "an administrator locks and unlocks": (
        lambda world: [world.do("lock", world.ann), world.do("unlock", world.ann)],
        ann(LOCKED, UNLOCKED),
    ),
    "an administrator disables and enables": (
        lambda world: [world.do("disable", world.ann), world.do("enable", world.ann)],
        ann(DISABLED, ENABLED),
    ),
    "an administrator changes the address": (
        lambda world: world.post(f"{LIST}{world.ann.pk}/edit/", email="anna@example.com", name="Ann", role="user"),
        [("ann@example.com", MOVED), ("anna@example.com", MOVED)],
    ),
    "an administrator changes the name and the role": (
        lambda world: world.post(f"{LIST}{world.ann.pk}/edit/", email="ann@example.com", name="Anna", role="operator"),
        [],
    ),
    "an administrator deletes": (lambda world: world.do("delete", world.ann), []),
    "an administrator locks several": (
        lambda world: world.post(f"{LIST}selected/", deed="lock", pk=[world.ann.pk, world.pia.pk]),  # type: ignore[arg-type]
        ann(LOCKED),
    ),
    "the owner activates": (
        lambda world: [world.ask_for_link("pia@example.com"), world.arrived(), world.open_link_and_set_password()],
        [("pia@example.com", ACTIVE)],
    ),
    "the owner signs in": (lambda world: world.sign_in(PASSWORD), []),
    "the owner mistypes the password once": (lambda world: world.sign_in("wrong"), []),
    "somebody fails to sign in": (lambda world: world.fail_to_sign_in(), ann(LOCKED)),
    "somebody goes on failing": (
        lambda world: [world.fail_to_sign_in(), world.fail_to_sign_in()],
        ann(LOCKED),
    ),
    "the owner has forgotten the password": (lambda world: world.ask_for_link("Ann@example.com"), ann(RESET)),
    "the owner sets a new one behind the link": (
        lambda world: [world.ask_for_link("ann@example.com"), world.arrived(), world.open_link_and_set_password()],
        ann(CHANGED),
    ),
    "the owner gets out of a lock by a new password": (
        lambda world: [
            world.fail_to_sign_in(),
            world.ask_for_link("ann@example.com"),
            world.arrived(),
            world.open_link_and_set_password(),
        ],
        ann(CHANGED),
    ),
    "the owner changes the password": (
        lambda world: world.sign_in(PASSWORD).post("/password/change/", {"old_password": PASSWORD, **TWICE}),
        ann(CHANGED),
    ),
    "a stranger asks for links": (lambda world: world.ask_for_link("nobody@example.com"), []),
}


def _upgrade_hash(world: World) -> None:
    world.settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = User.objects.get(pk=world.ann.pk).password
    assert world.sign_in(PASSWORD).get("/account/").status_code == 200
    assert User.objects.get(pk=world.ann.pk).password != before


def _let_a_lock_end(world: World) -> None:
    lock_by_failures(world.ann, world.settings.SIGN_IN_FAILURES)
    world.arrived()
    world.clock.shift(world.settings.SIGN_IN_LOCK + timedelta(seconds=1))
    tasks.tidy()


def _unlock_by_command(world: World) -> None:
    lock_by_failures(world.ann, world.settings.SIGN_IN_FAILURES)
    world.arrived()
    call_command("unlock_account", "ann@example.com", stdout=StringIO())


def _create_superuser(_world: World) -> None:
    with mock.patch.dict("os.environ", {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}):
        call_command("createsuperuser", "--noinput", "--email", "root@example.com", stdout=StringIO())


def _change_password(_world: World) -> None:
    with mock.patch("getpass.getpass", return_value=NEW_PASSWORD):
        call_command("changepassword", "ann@example.com", stdout=StringIO())


def _import(world: World) -> None:
    file = world.folder / "people.csv"
    file.write_text("email,name\nbob@example.com,Bob\nann@example.com,Ann\ncarol@example.com,Carol\n")
    call_command("import_users", str(file), stdout=StringIO(), stderr=StringIO())


ELSEWHERE: dict[str, tuple[Callable[[World], Any], list[tuple[str, str]]]] = {
    "the hash is upgraded at a sign-in": (_upgrade_hash, []),
    "a lock ends by time": (_let_a_lock_end, []),
    "unlock_account": (_unlock_by_command, ann(UNLOCKED)),
    "createsuperuser": (_create_superuser, [("root@example.com", CREATED)]),
    "changepassword": (_change_password, ann(CHANGED)),
    "import_users": (_import, [("bob@example.com", CREATED), ("carol@example.com", CREATED)]),
    "shell: create_user": (
        lambda _world: shell("User.objects.create_user('bob@example.com')"),
        [("bob@example.com", CREATED)],
    ),
    "shell: create_user with a password": (
        lambda _world: shell(f"User.objects.create_user('bob@example.com', {PASSWORD!r})"),
        [("bob@example.com", CREATED)],
    ),
    "shell: set_password and save": (
        lambda _world: shell(
            f"u = User.objects.get(email='ann@example.com'); u.set_password({NEW_PASSWORD!r}); u.save()"
        ),
        ann(CHANGED),
    ),
    "shell: set_password and save of the password alone": (
        lambda _world: shell(
            f"u = User.objects.get(email='ann@example.com'); u.set_password({NEW_PASSWORD!r}); "
            "u.save(update_fields=['password'])"
        ),
        ann(CHANGED),
    ),
    "shell: set_password without save": (
        lambda _world: shell(f"User.objects.get(email='ann@example.com').set_password({NEW_PASSWORD!r})"),
        [],
    ),
    "shell: save without a new password": (
        lambda _world: shell("User.objects.get(email='ann@example.com').save()"),
        [],
    ),
    "shell: the first password of a pending account": (
        lambda _world: shell(f"u = User.objects.get(email='pia@example.com'); u.set_password({PASSWORD!r}); u.save()"),
        [],
    ),
    "shell: the lifecycle": (
        lambda _world: shell(
            "from accounts import lifecycle; u = User.objects.get(email='ann@example.com'); "
            "lifecycle.lock(u, reason='administrator'); lifecycle.unlock(u)"
        ),
        ann(LOCKED, UNLOCKED),
    ),
}


@pytest.mark.parametrize("what", [*PAGES, *ELSEWHERE])
def test_exactly_these_e_mails_arrive(world: World, what: str) -> None:
    happen, expected = (PAGES | ELSEWHERE)[what]
    happen(world)
    assert world.arrived() == expected
    assert world.arrived() == [], "nothing comes twice"
