import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from settings_app.models import SMTPSettings
from tests.settings_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db

URL = "/administration/authentication/smtp-settings/"


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def test_page_is_where_the_instructions_say() -> None:
    assert reverse("settings_app:smtp-settings") == URL


def test_page_asks_for_a_sign_in(client: Client) -> None:
    response = client.get(URL)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={URL}")


@pytest.mark.parametrize("method", ["get", "post"])
def test_page_is_for_administrators_alone(client: Client, method: str) -> None:
    client.force_login(User.objects.create_user("user@corp.example", "a long pass phrase"))
    assert getattr(client, method)(URL).status_code == 403


def test_page_without_a_csrf_token_saves_nothing(administrator: User, values: dict[str, object]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator)
    assert strict.post(URL, values).status_code == 403
    assert not SMTPSettings.load().configured


def test_page_of_a_new_installation_has_the_defaults(signed_in: Client) -> None:
    response = signed_in.get(URL)
    form = response.context["form"]
    assert (form["port"].value(), form["use_tls"].value(), form["authentication"].value()) == (587, True, True)
    assert response.context["recipient"] == "ingrid@corp.example"
    assert response["Cache-Control"] == "no-store"


def test_save_stores_and_says_so(signed_in: Client, values: dict[str, object]) -> None:
    response = signed_in.post(URL, values, follow=True)
    assert response.redirect_chain == [(URL, 302)]
    assert [str(message) for message in response.context["messages"]] == ["SMTP settings saved."]
    assert SMTPSettings.load().get_password() == PASSWORD
    entry = Entry.objects.get(action="smtp_settings.saved")
    assert (entry.actor_name, entry.ip) == ("Ingrid Solberg <ingrid@corp.example>", "127.0.0.1")
    assert SMTPSettings.load().updated_by == entry.actor_name


def test_save_without_tls_warns_of_the_password_in_clear(signed_in: Client, values: dict[str, object]) -> None:
    values.pop("use_tls")
    response = signed_in.post(URL, values, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "SMTP settings saved.",
        "TLS is off: the password travels to the server in clear, and anyone in between can read it.",
    ]


def test_save_with_errors_keeps_what_was_typed_but_the_passwords(signed_in: Client, values: dict[str, object]) -> None:
    response = signed_in.post(URL, values | {"port": "0", "server_address": "https://x"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="#id_server_address"' in page
    assert 'href="#id_port"' in page
    assert 'value="portal@corp.example"' in page
    assert PASSWORD not in page
    assert not SMTPSettings.load().configured


def test_stored_password_never_reaches_the_page(signed_in: Client, saved: SMTPSettings) -> None:
    page = signed_in.get(URL).content.decode()
    assert PASSWORD not in page
    assert saved.password_sealed not in page
    assert "Leave both fields empty to keep it." in page


def test_stored_password_for_another_destination_is_explained(signed_in: Client, saved: SMTPSettings) -> None:
    SMTPSettings.objects.update(server_address="elsewhere.example")
    assert "never sent elsewhere. Enter the password again." in signed_in.get(URL).content.decode()


def test_stored_password_is_not_called_kept_for_what_was_typed_instead(
    signed_in: Client, saved: SMTPSettings, values: dict[str, object]
) -> None:
    nothing = {"password": "", "confirm_password": ""}
    # While one part of the destination is wrong there is no error at Password; the note says why all the same.
    answer = signed_in.post(URL, values | nothing | {"server_address": "elsewhere.example", "port": "0"})
    assert not answer.context["form"].has_error("password")
    assert "never sent elsewhere. Enter the password again." in answer.content.decode()
    assert "Leave both fields empty" not in answer.content.decode()
    answer = signed_in.post(URL, values | nothing | {"from_email": "nobody"})
    assert "Leave both fields empty to keep it." in answer.content.decode()


def test_save_over_somebody_elses_change_tells_what_changed(
    signed_in: Client, saved: SMTPSettings, values: dict[str, object]
) -> None:
    other = Client()
    other.force_login(User.objects.create_superuser("oda@corp.example", "a long pass phrase", name="Oda Lie"))
    other.post(URL, values | {"version": "1", "from_name": "Changed by Oda"})
    mine = values | {"version": "1", "from_name": "Changed by Ingrid"}
    response = signed_in.post(URL, mine)
    page = response.content.decode()
    assert SMTPSettings.load().from_name == "Changed by Oda"
    assert "Oda Lie" in page
    assert "Changed by Oda" in page
    assert 'value="Changed by Ingrid"' in page
    again = mine | {"version": str(response.context["form"]["version"].value())}
    assert signed_in.post(URL, again).status_code == 302
    assert SMTPSettings.load().from_name == "Changed by Ingrid"


@pytest.mark.django_db(transaction=True)
def test_first_settings_saved_by_two_at_once_are_not_overwritten(
    administrator: User, values: dict[str, object]
) -> None:
    barrier, statuses = threading.Barrier(2), []

    def save(name: str) -> None:
        client = Client()
        client.force_login(administrator)
        barrier.wait()
        statuses.append(client.post(URL, values | {"version": "0", "from_name": name}).status_code)
        connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 302]
    assert SMTPSettings.load().version == 1


def test_form_asks_the_database_a_constant_number_of_times(
    signed_in: Client, saved: SMTPSettings, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(24):  # half of them for what is not at work, which is everything here
        signed_in.get(URL)
