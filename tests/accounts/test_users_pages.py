"""Adding, editing and one user's page."""

from datetime import UTC, datetime

import pytest

from accounts import lifecycle
from accounts.editing import edit
from accounts.models import State, User
from accounts.roles import Role
from tests.accounts.people import make_administrator, make_operator, make_pending, make_user

pytestmark = pytest.mark.django_db
LIST = "/administration/user-management/users/"


def do(client, user, deed):
    return client.post(f"{LIST}{user.pk}/{deed}/", follow=True)


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# Adding


def test_adding_a_user(as_administrator, administrator, ear):
    ear.forget()
    response = as_administrator.post(
        f"{LIST}add/", {"email": "Bob@Example.com", "name": "Bob", "role": "user"}, follow=True
    )

    bob = User.objects.get(email="bob@example.com")
    assert response.redirect_chain == [(f"{LIST}{bob.pk}/", 302)]
    assert said(response) == "Bob is added. An e-mail with the activation link is on its way to bob@example.com."
    assert bob.state == State.PENDING
    assert ear.of("account_created")[0]["actor"] == administrator


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_gives_each_role(as_administrator, role):
    as_administrator.post(f"{LIST}add/", {"email": "bob@example.com", "name": "", "role": role})
    assert User.objects.get(email="bob@example.com").role == role


def test_an_operator_gives_no_administrators_role(as_operator):
    page = as_operator.post(f"{LIST}add/", {"email": "bob@example.com", "role": "administrator"}).content.decode()
    assert "This is not a role that you can give." in page
    assert not User.objects.filter(email="bob@example.com").exists()


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Enter the person&#x27;s e-mail address."),
        ("bob", "“bob” is not an e-mail address: enter one such as noc@example.com."),
        ("ANN@example.com", "An account with this e-mail address exists already."),
    ],
)
def test_an_address_that_cannot_be_is_told(as_administrator, user, email, sentence):
    page = as_administrator.post(f"{LIST}add/", {"email": email, "role": "user"}).content.decode()
    assert sentence in page
    assert User.objects.count() == 2


# Editing


def edited(client, user, **values):
    form = client.get(f"{LIST}{user.pk}/edit/").context["form"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return client.post(f"{LIST}{user.pk}/edit/", data | values, follow=True)


def test_editing_shows_what_is_and_saves_what_was_typed(as_administrator):
    user = make_operator()
    response = edited(as_administrator, user, name="Otto L.", role="user", time_zone="Europe/Oslo")
    assert said(response) == "The changes are saved."
    user = User.objects.get(pk=user.pk)
    assert (user.email, user.name, user.role, user.time_zone) == ("otto@example.com", "Otto L.", "user", "Europe/Oslo")
    assert said(edited(as_administrator, user)) == "Nothing was changed."


def test_editing_the_address_says_who_is_told(as_administrator, user):
    response = edited(as_administrator, user, email="anna@example.com")
    assert (
        said(response)
        == "The changes are saved. E-mails to ann@example.com and anna@example.com tell of the new address."
    )
    response = edited(as_administrator, make_pending(), email="pia.p@example.com")
    assert said(response) == "The changes are saved. A new activation link is on its way to pia.p@example.com."


def test_editing_tells_what_cannot_be_at_its_field(as_administrator, user):
    make_user("bob@example.com")
    page = edited(as_administrator, user, email="BOB@example.com").content.decode()
    assert "An account with this e-mail address exists already." in page
    assert "<h1>Edit Ann</h1>" in page
    assert "is not one of the available choices" in edited(as_administrator, user, time_zone="Mars").content.decode()


def test_ones_own_role_is_not_offered(as_administrator, administrator):
    assert "role" not in as_administrator.get(f"{LIST}{administrator.pk}/edit/").context["form"].fields
    edited(as_administrator, administrator, name="Adele II", role="user")
    administrator = User.objects.get(pk=administrator.pk)
    assert (administrator.name, administrator.role) == ("Adele II", Role.ADMINISTRATOR)


def test_an_operator_edits_no_administrator(as_operator, administrator):
    assert as_operator.get(f"{LIST}{administrator.pk}/edit/").status_code == 403
    assert as_operator.post(f"{LIST}{administrator.pk}/edit/", {"name": "Eve"}).status_code == 403


def test_people_edit_their_own_name_and_zone_not_their_address(client, user):
    client.force_login(user)
    values = {"name": "Annie", "time_zone": "Asia/Tokyo", "email": "eve@example.com", "role": "administrator"}
    assert said(client.post("/account/edit/", values, follow=True)) == "The changes are saved."
    user = User.objects.get(pk=user.pk)
    assert (user.email, user.name, user.role, user.time_zone) == ("ann@example.com", "Annie", Role.USER, "Asia/Tokyo")


def test_times_are_shown_in_the_readers_zone(client, user):
    edit(user, time_zone="Asia/Tokyo")
    User.objects.filter(pk=user.pk).update(created_at=datetime(2026, 1, 1, 20, 0, tzinfo=UTC))
    client.force_login(user)
    assert "2 January 2026, 05:00" in client.get("/account/").content.decode()


def test_a_zone_that_is_gone_closes_no_page(client, user):
    User.objects.filter(pk=user.pk).update(time_zone="Old/Place", language="xx")
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    assert "Old/Place" in client.get("/account/edit/").content.decode()


# One user's page


def test_the_page_offers_what_the_state_allows(as_administrator):
    def offered(user) -> list[str]:
        return [deed.name for deed in as_administrator.get(f"{LIST}{user.pk}/").context["deeds"]]

    user = make_pending()
    assert offered(user) == ["activate", "send-link", "disable", "delete"]
    lifecycle.activate(user)
    assert offered(user) == ["lock", "disable", "delete"]
    lifecycle.lock(user, reason="administrator")
    assert offered(user) == ["unlock", "disable", "delete"]
    lifecycle.disable(user)
    assert offered(user) == ["enable", "delete"]


def test_ones_own_page_offers_nothing(as_administrator, administrator):
    response = as_administrator.get(f"{LIST}{administrator.pk}/")
    assert response.context["deeds"] == []
    assert "This is your own account." in response.content.decode()


def test_sending_the_link_again(as_administrator):
    user = make_pending()
    response = do(as_administrator, user, "send-link")
    assert said(response) == "A new activation link is on its way to pia@example.com; earlier links no longer work."


def test_activating_says_how_the_password_comes(as_administrator):
    response = do(as_administrator, make_pending(), "activate")
    assert "Forgotten your password?" in said(response)
    assert "No password yet" in response.content.decode()


def test_locking_unlocking_disabling_and_enabling(as_administrator):
    user = make_user()
    for deed, state in [("lock", "locked"), ("unlock", "active"), ("disable", "disabled"), ("enable", "active")]:
        response = do(as_administrator, user, deed)
        user.refresh_from_db()
        assert user.state == state
        assert said(response).startswith("Ann is ")


def test_a_deed_twice_says_that_nothing_was_left(as_administrator):
    user = make_user()
    do(as_administrator, user, "lock")
    assert said(do(as_administrator, user, "lock")) == "Nothing to do: Ann is locked already."


def test_a_deed_that_is_not_possible_says_why(as_administrator):
    assert "Only an active account can be locked" in said(do(as_administrator, make_pending(), "lock"))


def test_deleting_asks_first(as_administrator):
    user = make_user()
    page = as_administrator.get(f"{LIST}{user.pk}/delete/").content.decode()
    assert "Delete Ann?" in page
    assert User.objects.filter(pk=user.pk).exists()

    response = do(as_administrator, user, "delete")
    assert said(response) == "Ann is deleted."
    assert not User.objects.filter(pk=user.pk).exists()
    assert as_administrator.get(f"{LIST}{user.pk}/").status_code == 404


def test_the_last_administrator_is_told_so(as_administrator, administrator):
    other = make_administrator("other@example.com")
    do(as_administrator, other, "disable")
    other.refresh_from_db()
    assert other.state == State.DISABLED
    assert "last active administrator" in said(do(as_administrator, administrator, "lock"))
