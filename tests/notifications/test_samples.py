"""Every e-mail can be looked at and sent to oneself, and says that nothing has happened."""

import re
from email import message_from_bytes, policy

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import OPERATORS
from notifications import delivery, emails
from notifications.kinds import KINDS
from notifications.models import Notification
from notifications.samples import KIND, MOST, samples
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer

pytestmark = pytest.mark.django_db
PAGE = "/administration/monitoring/notifications/e-mails/"
LOCKED = f"{PAGE}account_locked/en/"


@pytest.fixture
def as_administrator(administrator: User, client: Client) -> Client:
    client.force_login(administrator)
    Notification.objects.all().delete()
    return client


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_there_is_one_of_each_kind(db) -> None:
    assert {sample.row.kind for sample in samples("en")} == set(KINDS) - {KIND}
    names = [sample.name for sample in samples("en")]
    labels = [str(sample.label) for sample in samples("en")]
    assert len(set(names)) == len(set(labels)) == len(names)
    assert {"Account locked, by an administrator", "E-mail address changed, to the old address"} < set(labels)


def test_looking_makes_nothing(as_administrator: Client) -> None:
    response = as_administrator.get(PAGE, follow=True)
    assert response.redirect_chain == [(f"{PAGE}account_created/en/", 302)]
    users = User.objects.count()
    for sample in samples("en"):
        page = as_administrator.get(f"{PAGE}{sample.name}/en/").content.decode()
        assert "Hello Kari Nordmann," in page
        html = as_administrator.get(f"{PAGE}{sample.name}/en/preview.html").content.decode()
        assert html.startswith("<!doctype html>")
        assert "Hello Kari Nordmann," in html
    assert not Notification.objects.exists()
    assert User.objects.count() == users


def test_the_html_may_run_and_load_nothing(as_administrator: Client) -> None:
    headers = as_administrator.get(f"{LOCKED}preview.html").headers
    assert {part.strip() for part in headers["Content-Security-Policy"].split(";")} == {
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'self'",
    }
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_sample_arrives_and_says_what_it_is(
    as_administrator: Client, administrator: User, open_server: MailServer, settings
) -> None:
    settings.PORTAL_URL = "https://portal.example"
    save_settings(open_server.port)
    response = as_administrator.post(f"{PAGE}account_created/en/send/", follow=True)
    assert said(response) == f"A sample is on its way to {administrator.email}."
    row = Notification.objects.get()
    assert (row.kind, row.kind_label, row.user, row.state) == (KIND, "Sample", administrator, "waiting")

    delivery.deliver_due()
    [received] = open_server.received
    assert received.recipients == [administrator.email]
    message = message_from_bytes(received.content, policy=policy.default)
    assert message["Subject"].startswith("Sample: Your account at ")
    for part in message.iter_parts():
        body = part.get_content()
        assert "This is a sample that you asked for. Nothing has happened to your account." in body
        assert "Hello Ingrid Solberg," in body
        assert set(re.findall(r"https://portal\.example[^\s\"<]*", body)) == {"https://portal.example/…"}
    assert as_administrator.get(f"/administration/monitoring/notifications/{row.pk}/").status_code == 200


def test_a_real_e_mail_is_no_sample(user: User) -> None:
    from notifications import messages

    emails.account_unlocked(user)
    content = messages.render(Notification.objects.get())
    assert "sample" not in (content.subject + content.text + content.html).lower()


def test_ten_in_ten_minutes_are_enough(as_administrator: Client, time_machine) -> None:
    for _ in range(MOST):
        as_administrator.post(f"{LOCKED}send/")
    assert "ten samples in ten minutes" in said(as_administrator.post(f"{LOCKED}send/", follow=True))
    assert Notification.objects.filter(kind=KIND).count() == MOST


def test_what_does_not_exist_is_not_found(as_administrator: Client) -> None:
    for path in ("gone/en/", "account_locked/xx/", "sample/en/", "gone/en/preview.html"):
        assert as_administrator.get(PAGE + path).status_code == 404
    assert as_administrator.post(f"{PAGE}gone/en/send/").status_code == 404


@pytest.mark.parametrize("path", [PAGE, LOCKED, f"{LOCKED}preview.html", f"{LOCKED}send/"])
def test_pages_by_role(client: Client, user: User, path: str) -> None:
    method = "post" if path.endswith("send/") else "get"
    assert getattr(client, method)(path).headers["Location"] == f"/sign-in/?next={path}"
    client.force_login(user)
    assert getattr(client, method)(path).status_code == 403
    assert not Notification.objects.exists()
    from django.contrib.auth.models import Group

    user.groups.add(Group.objects.get(name=OPERATORS))
    assert getattr(client, method)(path).status_code in (200, 302)


def test_sending_is_a_post_from_our_own_page(administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    Notification.objects.all().delete()
    assert client.get(f"{LOCKED}send/").status_code == 405
    assert client.post(f"{LOCKED}send/").status_code == 403
    assert not Notification.objects.exists()
