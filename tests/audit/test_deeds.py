"""What people do stands in the audit trail, with the deed or not at all."""

import re

import pytest
from django.test import Client

from accounts import creation, lifecycle
from accounts.models import User
from audit import actions
from audit.models import Entry
from notifications import emails, outbox
from notifications.models import Notification
from paragon_smtp.environment import BASE_DIR

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"
NOTIFICATIONS = "/administration/monitoring/notifications/"


def entries(action: str) -> list[tuple[str, str, str | None]]:
    found = Entry.objects.filter(action=action).order_by("pk")
    return [(entry.actor_name, entry.target, entry.ip) for entry in found]


def sign_in(client: Client, address: str, password: str) -> None:
    client.post("/sign-in/", {"username": address, "password": password}, REMOTE_ADDR="192.0.2.9")


def test_signing_in_and_out(client: Client, administrator: User) -> None:
    sign_in(client, administrator.email, PASSWORD)
    client.post("/sign-out/")
    assert entries("account.signed_in") == [(str(administrator), str(administrator), "192.0.2.9")]
    assert entries("account.signed_out") == [(str(administrator), str(administrator), "127.0.0.1")]


def test_failed_sign_in_names_the_account_or_the_address(client: Client, administrator: User) -> None:
    sign_in(client, "INGRID@corp.example", "wrong")
    sign_in(client, "nobody@corp.example", "wrong")
    assert entries("account.sign_in_failed") == [
        ("not signed in", str(administrator), "192.0.2.9"),
        ("not signed in", "nobody@corp.example", "192.0.2.9"),
    ]
    assert Entry.objects.get(target=str(administrator), action="account.sign_in_failed").subject == administrator


def test_failed_sign_in_keeps_no_password_typed_in_the_wrong_field(client: Client) -> None:
    sign_in(client, "My-secret-9 word", "wrong")
    assert entries("account.sign_in_failed") == [("not signed in", "", "192.0.2.9")]


def test_what_is_done_to_notifications(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    emails.account_activated(administrator)
    row = Notification.objects.latest("pk")
    client.post(f"{NOTIFICATIONS}{row.pk}/cancel/")
    client.post(f"{NOTIFICATIONS}{row.pk}/cancel/")  # nothing left to do, nothing to record
    client.post(f"{NOTIFICATIONS}{row.pk}/send-again/")
    client.post(f"{NOTIFICATIONS}try-now/")
    what = "account_activated to ingrid@corp.example"
    assert entries("notification.cancelled") == [(str(administrator), what, "127.0.0.1")]
    assert entries("notification.sent_again") == [(str(administrator), what, "127.0.0.1")]
    assert entries("queue.tried_now") == [(str(administrator), "", "127.0.0.1")]


def test_without_its_entry_nothing_is_done(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(administrator)
    emails.account_activated(administrator)
    row = Notification.objects.latest("pk")

    def full_disk(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Entry, "save", full_disk)
    client.raise_request_exception = False
    assert client.post(f"{NOTIFICATIONS}{row.pk}/cancel/").status_code == 500
    with pytest.raises(OSError, match="No space"):
        lifecycle.lock(User.objects.create(email="ann@corp.example", state="active"), reason="administrator")
    row.refresh_from_db()
    assert row.state == "waiting"
    assert outbox.cancel(row)


def test_commands_are_the_system() -> None:
    creation.create("ann@corp.example", "Ann")
    assert entries("account.created") == [("system", "Ann <ann@corp.example>", None)]


def test_every_deed_has_a_name_on_the_page() -> None:
    written = set()
    for app in ("accounts", "audit", "notifications", "settings_app", "paragon_smtp"):
        for source in (BASE_DIR / app).rglob("*.py"):
            text = source.read_text()
            written |= set(re.findall(r'record\(\s*"([a-z_]+\.[a-z_]+)"', text))
            written |= set(re.findall(r'"((?:account|users)\.[a-z_]+)"', text))  # chosen before it is recorded
            written |= {f"account.{deed}" for deed in re.findall(r'\b_record\(\s*"([a-z_]+)"', text)}
    assert len(written) > 15
    assert written - set(actions.LABELS) == set()
