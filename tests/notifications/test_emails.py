"""The account events, through the receivers, to a real server: what each e-mail says, to whom, with which link."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.test import Client
from django.utils import timezone

from accounts import creation, lifecycle
from accounts.editing import edit
from accounts.models import User
from notifications import delivery, messages
from notifications.models import Notification
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(settings) -> None:
    settings.PORTAL_URL = "https://portal.example/paragon"
    settings.PRODUCT_NAME = "Paragon Test"
    settings.SUPPORT_CONTACT = "help@corp.example"


def delivered(server: MailServer) -> list[EmailMessage]:
    server.received.clear()
    delivery.deliver_due()
    return [message_from_bytes(received.content, policy=policy.default) for received in server.received]


def texts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.iter_parts()
    return text.get_content(), html.get_content()


def assert_says(message: EmailMessage, *words: str) -> None:
    for body in texts(message):
        flat = " ".join(re.sub(r"<[^>]+>", " ", body).split()).replace("&#x27;", "'")
        for word in words:
            assert word in flat, (word, flat)


def links_in(message: EmailMessage) -> set[str]:
    text, html = texts(message)
    found = set(re.findall(r"https?://[^\s<>\"]+", text))
    assert found == set(re.findall(r'href="([^"]+)"', html))
    return found


def test_account_created_brings_the_activation_link_once(
    portal: None, administrator: User, open_server: MailServer
) -> None:
    save_settings(open_server.port)
    delivered(open_server)
    user = creation.create("kari@corp.example", "Kari Nordmann", actor=administrator)
    [message] = delivered(open_server)
    assert (message["To"], message["Subject"]) == ("kari@corp.example", "Your account at Paragon Test")
    assert_says(
        message,
        "Hello Kari Nordmann",
        "Ingrid Solberg created an account for you at Paragon Test.",
        "for 24 hours",
        "help@corp.example",
    )
    [link] = links_in(message)
    assert link.startswith("https://portal.example/paragon/activate/")
    assert Client().get(link.removeprefix("https://portal.example/paragon"), follow=True).status_code == 200
    assert user.state == "pending"


def test_link_sent_again_kills_the_earlier_one(portal: None, administrator: User, open_server: MailServer) -> None:
    save_settings(open_server.port)
    user = creation.create("kari@corp.example", "Kari Nordmann", actor=administrator)
    first = links_in(delivered(open_server)[-1])
    lifecycle.send_link_again(user, administrator)
    second = links_in(delivered(open_server)[-1])
    assert first != second


def test_link_sent_again_cancels_what_still_waits(administrator: User) -> None:
    user = creation.create("kari@corp.example", "Kari Nordmann", actor=administrator)
    lifecycle.send_link_again(user, administrator)
    rows = Notification.objects.filter(user=user).order_by("pk")
    assert [row.state for row in rows] == ["cancelled", "waiting"]


def test_account_activated_brings_the_sign_in(portal: None, administrator: User, open_server: MailServer) -> None:
    save_settings(open_server.port)
    user = creation.create("kari@corp.example", "Kari Nordmann", actor=administrator)
    delivered(open_server)
    lifecycle.activate(user, password="a long pass phrase")
    [message] = delivered(open_server)
    assert message["Subject"] == "Your account is active"
    assert_says(message, "Sign in with your e-mail address, kari@corp.example.")
    assert links_in(message) == {"https://portal.example/paragon/sign-in/"}


def test_account_locked_says_since_when_why_until_when_and_how_back(
    portal: None, user: User, open_server: MailServer, client: Client, settings
) -> None:
    save_settings(open_server.port)
    settings.SIGN_IN_FAILURES = 5
    for _ in range(5):
        client.post("/sign-in/", {"username": user.email, "password": "wrong"}, REMOTE_ADDR="192.0.2.9")
    [message] = delivered(open_server)
    assert (message["To"], message["Subject"]) == (user.email, "Your account is locked")
    user.refresh_from_db()
    until = timezone.localtime(user.locked_until).strftime("%H:%M")
    assert_says(message, "too many failed sign-ins", "192.0.2.9", f"{until} (UTC)", "Setting a new password opens it")
    assert links_in(message) == {"https://portal.example/paragon/password/forgotten/"}


def test_account_locked_by_an_administrator_has_no_way_round(
    portal: None, user: User, administrator: User, open_server: MailServer
) -> None:
    save_settings(open_server.port)
    delivered(open_server)
    lifecycle.lock(user, reason="administrator", actor=administrator)
    [message] = delivered(open_server)
    assert_says(message, "Ingrid Solberg locked it.", "until an administrator unlocks it", "ask your administrator")
    assert links_in(message) == set()


def test_password_changed_says_when_and_from_where(
    portal: None, user: User, open_server: MailServer, client: Client
) -> None:
    save_settings(open_server.port)
    client.force_login(user)
    response = client.post(
        "/password/change/",
        {
            "old_password": "a long pass phrase",
            "new_password1": "another long phrase",
            "new_password2": "another long phrase",
        },
        REMOTE_ADDR="192.0.2.9",
    )
    assert response.status_code == 302
    [message] = delivered(open_server)
    assert (message["To"], message["Subject"]) == (user.email, "Your password was changed")
    assert_says(message, "(UTC)", "192.0.2.9", "If it was not, set a new password at once")


def test_password_reset_goes_through_the_outbox_with_a_link_that_works(
    portal: None, user: User, open_server: MailServer, client: Client
) -> None:
    save_settings(open_server.port)
    known = client.post("/password/forgotten/", {"email": user.email}, follow=True)
    unknown = client.post("/password/forgotten/", {"email": "nobody@corp.example"}, follow=True)
    assert known.content == unknown.content
    [message] = delivered(open_server)
    [link] = links_in(message)
    assert client.get(link.removeprefix("https://portal.example/paragon"), follow=True).status_code == 200


def test_name_of_a_user_is_text_in_html_and_raw_in_plain_text(user: User) -> None:
    user.name = "<b>Kari & Co</b>"
    user.save()
    lifecycle.lock(user, reason="sign_in", until=timezone.now() + timedelta(minutes=5))
    content = messages.render(Notification.objects.get(kind="account_locked"))
    assert "&lt;b&gt;Kari &amp; Co&lt;/b&gt;" in content.html
    assert "<b>Kari & Co</b>" in content.text


def test_preview_masks_the_one_time_link(administrator: User) -> None:
    creation.create("kari@corp.example", "Kari Nordmann", actor=administrator)
    content = messages.render(Notification.objects.get(recipient="kari@corp.example"), preview=True)
    assert "/activate/" not in content.text + content.html


def test_email_changed_is_told_to_both_addresses(
    portal: None, user: User, administrator: User, open_server: MailServer
) -> None:
    save_settings(open_server.port)
    delivered(open_server)
    edit(user, actor=administrator, email="kari.n@corp.example")
    messages = {message["To"]: message for message in delivered(open_server)}
    assert set(messages) == {"kari@corp.example", "kari.n@corp.example"}
    for message in messages.values():
        assert message["Subject"] == "The e-mail address of your account was changed"
        assert_says(message, "It was kari@corp.example and is now kari.n@corp.example.", "changed by Ingrid Solberg")
    assert_says(messages["kari@corp.example"], "the last message about the account to this address")
    assert_says(messages["kari.n@corp.example"], "Sign in with kari.n@corp.example from now on")


def test_account_disabled_and_enabled_say_so(
    portal: None, user: User, administrator: User, open_server: MailServer
) -> None:
    save_settings(open_server.port)
    delivered(open_server)
    lifecycle.disable(user, administrator)
    lifecycle.enable(user, administrator)
    disabled, enabled = delivered(open_server)
    assert disabled["Subject"] == "Your account is disabled"
    assert_says(disabled, "Ingrid Solberg disabled your account", "an administrator can enable the account again")
    assert links_in(disabled) == set()
    assert enabled["Subject"] == "Your account is enabled again"
    assert links_in(enabled) == {"https://portal.example/paragon/sign-in/"}


def test_an_account_that_was_disabled_before_its_activation_gets_a_link_that_works(
    portal: None, administrator: User, open_server: MailServer, client: Client
) -> None:
    save_settings(open_server.port)
    user = creation.create("kari@corp.example", "Kari Nordmann", actor=administrator)
    lifecycle.disable(user, administrator)
    lifecycle.enable(user, administrator)
    kinds = {message["Subject"]: message for message in delivered(open_server) if message["To"] == user.email}
    assert set(kinds) == {"Your account is disabled", "Your account is enabled again"}
    [link] = links_in(kinds["Your account is enabled again"])
    assert "/activate/" in link
    page = client.get(link.removeprefix("https://portal.example/paragon"), follow=True)
    assert "Activate your account" in page.content.decode()


def test_the_fourth_lock_within_a_day_is_not_told(user: User, settings, time_machine) -> None:
    time_machine.move_to(timezone.now())
    for _ in range(4):
        lifecycle.lock(user, reason="sign_in")
        lifecycle.unlock(user, reason="time")
    rows = Notification.objects.filter(kind="account_locked").order_by("pk").values_list("state", "cause")
    assert list(rows) == [("waiting", "")] * 3 + [("suppressed", "not_sent.enough_locks")]
    time_machine.shift(timedelta(hours=24, seconds=1))
    lifecycle.lock(user, reason="sign_in")
    assert Notification.objects.filter(kind="account_locked", state="waiting").count() == 4


def test_a_link_handed_over_in_person_takes_the_waiting_e_mail_back(administrator: User) -> None:
    user = creation.create("kari@corp.example", "Kari Nordmann", actor=administrator)
    lifecycle.hand_over_link(user, administrator)
    row = Notification.objects.get(user=user)
    assert (row.state, row.cause) == ("cancelled", "cancelled.link_shown")
