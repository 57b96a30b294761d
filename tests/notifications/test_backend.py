"""Django's own mail functions, with the saved settings, to a real server."""

from email import message_from_bytes, policy

import pytest
from django.core import mail

from notifications.backend import NotDelivered, SavedSettingsBackend
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def backend(settings) -> None:
    """pytest-django puts the in-memory backend in; here it is ours that is tried."""
    settings.EMAIL_BACKEND = "notifications.backend.SavedSettingsBackend"


def test_send_mail_uses_the_saved_settings(open_server: MailServer) -> None:
    save_settings(open_server.port)
    sent = mail.send_mail("Grüße", "Hallo\n.\n", None, ["a@corp.example", "b@corp.example"])
    assert sent == 1
    assert [received.recipients for received in open_server.received] == [["a@corp.example"], ["b@corp.example"]]
    message = message_from_bytes(open_server.received[0].content, policy=policy.default)
    assert (message["Subject"], message.get_content().splitlines()) == ("Grüße", ["Hallo", "."])


def test_send_mail_signs_in_with_the_stored_password() -> None:
    with mail_server(users={"portal": "Sealed-9-here"}) as server:
        saved = save_settings(server.port, authentication=True, username="portal")
        saved.set_password("Sealed-9-here")
        saved.save()
        mail.send_mail("s", "t", "a@corp.example", ["b@corp.example"])
    assert server.received[0].login == "portal"


def test_refusal_of_one_of_two_recipients_is_not_hidden(open_server: MailServer) -> None:
    save_settings(open_server.port)
    open_server.refuse["b@corp.example"] = "550 5.1.1 No such user"
    with pytest.raises(NotDelivered) as caught:
        mail.send_mail("s", "t", None, ["a@corp.example", "b@corp.example"])
    assert caught.value.diagnosis.cause == "recipient.unknown"


def test_failure_is_an_oserror_or_silent_as_asked() -> None:
    save_settings(1)
    with pytest.raises(OSError, match="refused"):
        mail.send_mail("s", "t", None, ["a@corp.example"])
    assert mail.send_mail("s", "t", None, ["a@corp.example"], fail_silently=True) == 0


def test_settings_that_are_missing_are_named() -> None:
    with pytest.raises(NotDelivered) as caught:
        mail.send_mail("s", "t", None, ["a@corp.example"])
    assert caught.value.diagnosis.cause == "settings.missing"


def test_nothing_to_send_asks_no_server() -> None:
    assert SavedSettingsBackend().send_messages([mail.EmailMessage("s", "t", None, [])]) == 0
