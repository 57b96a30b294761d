"""Who reaches which page."""

from urllib.parse import quote

import pytest
from django.test import Client

from accounts.deeds import DEEDS
from accounts.models import State
from tests.accounts.people import make_administrator, make_user

pytestmark = pytest.mark.django_db
LIST = "/administration/user-management/users/"
OPEN = [
    "/sign-in/",
    "/password/forgotten/",
    "/password/forgotten/sent/",
    "/activate/again/",
    "/activate/x/y/",
    "/password/reset/x/y/",
]
OWN = ["/account/", "/account/edit/", "/password/change/"]
PAGES = [
    LIST,
    f"{LIST}add/",
    f"{LIST}{{pk}}/",
    f"{LIST}{{pk}}/edit/",
    f"{LIST}selected/?deed=lock&pk={{pk}}",
    f"{LIST}{{pk}}/disable/",
    f"{LIST}{{pk}}/delete/",
]


@pytest.fixture
def as_user(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def other(db):
    return make_user("other@example.com")


@pytest.mark.parametrize("path", OPEN)
def test_open_pages_are_open(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", OWN)
def test_own_pages_ask_for_signing_in_only(client, as_user, path):
    assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"
    assert as_user.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_users_pages_by_role(client, as_user, as_operator, as_administrator, other, path):
    path = path.format(pk=other.pk)
    assert client.get(path).headers["Location"] == f"/sign-in/?next={quote(path)}"
    assert as_user.get(path).status_code == 403
    assert as_operator.get(path).status_code == 200
    assert as_administrator.get(path).status_code == 200


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
