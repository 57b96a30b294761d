"""The lists, and what a row leads to, are drawn once for what they show: not for another row, reader or language."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import creation
from accounts.models import User
from audit.log import record
from notifications import emails
from notifications.models import Attempt, Notification
from tests.notifications.conftest import save_settings

pytestmark = pytest.mark.django_db
TOLD = "kari@corp.example"


@pytest.fixture
def kari() -> User:
    user = creation.create(TOLD, "Kari Nordmann")
    emails.account_activated(user)
    record("sign_in", target=user)
    return user


@pytest.fixture
def ingrid() -> Client:
    return signed_in("ingrid@corp.example", administrator=True)


def signed_in(address: str, **options: bool) -> Client:
    client = Client()
    client.force_login(creation.create(address, "Somebody", password="Correct-horse-7", **options))
    return client


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub("<wbr>", "", answer.content.decode())


def notification() -> str:
    return reverse("notifications:detail", args=[Notification.objects.filter(kind="account_activated").get().pk])


def account() -> str:
    return reverse("accounts:user", args=[User.objects.get(email=TOLD).pk])


CHANGES: dict[str, tuple[Callable[[], str], Callable[[], object], str]] = {
    "users": (lambda: reverse("accounts:users"), lambda: User.objects.filter(email=TOLD).update(name="Anna"), "Anna"),
    "a state": (
        lambda: reverse("accounts:users"), lambda: creation.create("new@corp.example", "New"), "new@corp.example",
    ),
    "a count of users": (
        lambda: reverse("accounts:users") + "?state=locked",
        lambda: [creation.create(f"{name}@corp.example", name) for name in ("a", "b", "c")],
        'Pending <span class="n">4</span>',
    ),
    "notifications": (
        lambda: reverse("notifications:list"), lambda: Notification.objects.update(recipient="a@b.example"),
        "a@b.example",
    ),
    "a count of notifications": (
        lambda: reverse("notifications:list") + "?state=failed",
        lambda: Notification.objects.filter(kind="account_activated").update(state="expired"),
        'Expired <span class="n">1</span>',
    ),
    "how mail is doing": (
        lambda: reverse("notifications:list"),
        lambda: save_settings(2525),
        "Mail is configured.",
    ),
    "a notification": (notification, lambda: Notification.objects.update(queue_id="4XK"), "4XK"),
    "its attempts": (
        notification,
        lambda: Attempt.objects.create(
            notification=Notification.objects.filter(kind="account_activated").get(), at=timezone.now(),
            outcome=Attempt.Outcome.DEFERRED, reply="450 4.2.0 Later",
        ),
        "450 4.2.0 Later",
    ),
    "a timeline": (
        account, lambda: Notification.objects.update(state="failed", last_reply="550 5.1.1 Nobody"), "550 5.1.1 Nobody",
    ),
    "an account": (account, lambda: User.objects.filter(email=TOLD).update(time_zone="Asia/Tokyo"), "Asia/Tokyo"),
    "what can be done": (account, lambda: User.objects.filter(email=TOLD).update(state="disabled"), ">Enable<"),
    "a role": (
        account,
        lambda: User.objects.get(email=TOLD).groups.add(Group.objects.get(name="Operators")),
        "<dd>Operator</dd>",
    ),
    "the trail": (
        lambda: reverse("audit:trail"), lambda: record("sign_in", target="ola@corp.example"), "ola@corp.example",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_another_process_wrote_shows_at_once(what: str, kari: User, ingrid: Client) -> None:
    address, change, shown = CHANGES[what]
    before = read(ingrid, address())
    assert shown not in before
    assert read(ingrid, address()).count("<") == before.count("<")
    change()
    assert shown in read(ingrid, address())


def test_each_reader_has_their_own_language_and_deeds(kari: User, ingrid: Client) -> None:
    oda = signed_in("oda@corp.example", administrator=True)
    User.objects.filter(email="oda@corp.example").update(language="de")
    address = reverse("notifications:list")
    assert ("Attempts" in read(ingrid, address), "Attempts" in read(oda, address)) == (True, False)
    looks_on = signed_in("ola@corp.example")
    looks_on_user = User.objects.get(email="ola@corp.example")
    looks_on_user.user_permissions.add(_permission("view_notification"))
    assert ("data-tick-all" in read(ingrid, address), "data-tick-all" in read(looks_on, address)) == (True, False)


def _permission(name: str) -> object:
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=name)


def test_no_token_is_remembered(kari: User, ingrid: Client) -> None:
    for address in (reverse("accounts:users"), reverse("notifications:list"), notification(), account()):
        assert "csrfmiddlewaretoken" in read(ingrid, address)
    remembered = [str(part) for part in caches["template_fragments"]._cache.values()]
    assert any(TOLD in part.replace("<wbr>", "") for part in remembered)
    assert not any("csrfmiddlewaretoken" in part for part in remembered)


@pytest.mark.parametrize("page", ["notifications:detail", "accounts:user", "accounts:user-edit"])
def test_a_row_that_no_database_can_have_is_not_found(page: str, ingrid: Client) -> None:
    assert ingrid.get(reverse(page, args=[10**30])).status_code == 404
