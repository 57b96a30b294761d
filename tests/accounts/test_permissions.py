"""Who reaches which page."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

import accounts.urls
from accounts.deeds import DEEDS
from accounts.models import State
from tests.accounts.people import make_administrator, make_user

pytestmark = pytest.mark.django_db
LIST = "/administration/user-management/users/"
ANYBODY, SIGNED_IN, OPERATOR, ADMINISTRATOR = range(4)

# Every page of the accounts: who is let in at least.
TABLE = {
    "sign-in": ANYBODY,
    "sign-out": ANYBODY,
    "password-reset": ANYBODY,
    "password-reset-done": ANYBODY,
    "password-reset-confirm": ANYBODY,
    "activate": ANYBODY,
    "activate-again": ANYBODY,
    "own": SIGNED_IN,
    "own-edit": SIGNED_IN,
    "password-change": SIGNED_IN,
    "users": OPERATOR,
    "users-selected": OPERATOR,
    "user-add": OPERATOR,
    "user": OPERATOR,
    "user-edit": OPERATOR,
    **{f"user-{deed}": OPERATOR for deed in DEEDS},
    "imports": OPERATOR,
    "import": OPERATOR,
    "import-progress": OPERATOR,
    "import-confirm": OPERATOR,
    "import-stop": OPERATOR,
    "import-rejected": OPERATOR,
    "show-activation-link": ADMINISTRATOR,
}
ARGUMENTS = {"uidb64": "x", "token": "y"}


def path_of(name: str, pk: int) -> str:
    """The address of a page, about the account `pk` where it is about one."""
    if name == "show-activation-link":
        return reverse(name, args=[pk])
    pattern = next(pattern for pattern in accounts.urls.urlpatterns if pattern.name == name)
    given = {"pk": pk, **ARGUMENTS}
    return reverse(f"accounts:{name}", kwargs={key: given[key] for key in pattern.pattern.converters})


@pytest.fixture
def as_user(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def other(db):
    return make_user("other@example.com")


def test_the_table_knows_every_page():
    assert set(TABLE) == {pattern.name for pattern in accounts.urls.urlpatterns} | {"show-activation-link"}


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
@pytest.mark.parametrize("name", TABLE)
def test_every_page_by_role(client, as_user, as_operator, as_administrator, other, name, method):
    people = {ANYBODY: client, SIGNED_IN: as_user, OPERATOR: as_operator, ADMINISTRATOR: as_administrator}
    path = path_of(name, other.pk)
    for role, person in people.items():
        response = getattr(person, method)(path)
        where = response.headers.get("Location", "")
        let_in = response.status_code != 403 and not where.startswith("/sign-in/?next=")
        # A method that a page does not know is refused before anybody is asked who they are.
        assert let_in == (role >= TABLE[name]) or response.status_code == 405, (role, response.status_code, where)


@pytest.mark.parametrize("name", [name for name, least in TABLE.items() if least > ANYBODY])
def test_strangers_are_led_to_the_sign_in_and_back(client, other, name):
    path = path_of(name, other.pk)
    assert client.get(path).headers["Location"] == f"/sign-in/?next={quote(path)}"


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_by_role(client, as_user, as_operator, other, deed):
    path = f"{LIST}{other.pk}/{deed}/"
    assert client.post(path).headers["Location"].startswith("/sign-in/")
    assert as_user.post(path).status_code == 403
    other.refresh_from_db()
    assert other.state == State.ACTIVE
    assert as_operator.post(path).status_code == 302


@pytest.mark.parametrize("deed", DEEDS)
def test_an_operator_does_not_act_on_an_administrator(as_operator, deed):
    administrator = make_administrator()
    assert as_operator.post(f"{LIST}{administrator.pk}/{deed}/").status_code == 403
    administrator.refresh_from_db()
    assert administrator.state == State.ACTIVE
    assert as_operator.get(f"{LIST}{administrator.pk}/").context["deeds"] == []


@pytest.mark.parametrize("deed", DEEDS.values(), ids=lambda deed: deed.name)
def test_looking_changes_nothing(as_administrator, other, deed):
    response = as_administrator.get(f"{LIST}{other.pk}/{deed.name}/")
    assert response.status_code == (200 if deed.asks else 405)
    other.refresh_from_db()
    assert other.state == State.ACTIVE


@pytest.mark.parametrize(
    "path",
    [
        "/sign-out/",
        "/password/change/",
        "/account/edit/",
        f"{LIST}add/",
        f"{LIST}selected/",
        f"{LIST}{{pk}}/edit/",
        f"{LIST}{{pk}}/lock/",
    ],
)
def test_a_foreign_page_cannot_post(administrator, other, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    assert client.post(path.format(pk=other.pk)).status_code == 403


def test_operators_manage_users_and_notifications_alone(operator):
    assert operator.has_perm("accounts.manage_users")
    assert operator.has_perm("notifications.view_notification")
    assert operator.has_perm("notifications.manage_notifications")
    assert not operator.has_perm("settings_app.change_smtpsettings")
