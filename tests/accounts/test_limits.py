"""Who tries too often waits, whether the address exists or not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import lifecycle, limits
from accounts.editing import edit
from accounts.limits import Tally
from accounts.models import User
from notifications.models import Notification
from tests.accounts.people import PASSWORD, make_administrator, make_pending
from tests.accounts.test_races import at_once

pytestmark = pytest.mark.django_db
PAGES = {
    "/sign-in/": lambda email: {"username": email, "password": "wrong"},
    "/password/forgotten/": lambda email: {"email": email},
    "/activate/again/": lambda email: {"email": email},
}


@pytest.fixture(autouse=True)
def tight(settings):
    settings.RATE_LIMITS = {"sign_in": (3, 5), "link": (3, 5), "send_again": (2, 0)}
    settings.SIGN_IN_FAILURES = 100


def post(client, page, email="ann@example.com", ip="192.0.2.1"):
    return client.post(page, PAGES[page](email), REMOTE_ADDR=ip)


@pytest.mark.parametrize("page", PAGES)
def test_an_address_is_limited_wherever_the_tries_come_from(client, user, page):
    known = [post(client, page, " ANN@example.com", f"192.0.2.{number}").status_code for number in range(4)]
    unknown = [post(client, page, "nobody@example.com", f"198.51.100.{number}").status_code for number in range(4)]
    assert known == unknown
    assert [status == 429 for status in known] == [False, False, False, True]


@pytest.mark.parametrize("page", PAGES)
def test_a_client_is_limited_whatever_the_addresses(client, page):
    statuses = [post(client, page, f"user{number}@example.com").status_code for number in range(6)]
    assert [status == 429 for status in statuses] == [False] * 5 + [True]
    assert post(client, page, "user9@example.com", "192.0.2.2").status_code != 429


def test_neighbours_in_one_ipv6_network_are_one_client(client):
    for number in range(6):
        response = post(client, "/sign-in/", f"user{number}@example.com", f"2001:db8::{number}")
    assert response.status_code == 429
    assert post(client, "/sign-in/", "user9@example.com", "2001:db8:0:1::1").status_code == 200


def test_the_refusal_says_when_to_come_back_and_reads_the_same_for_all(client, user):
    for email in ("ann@example.com", "nobody@example.com"):
        for number in range(4):
            response = post(client, "/sign-in/", email, f"192.0.2.{number}")
        assert 890 <= int(response.headers["Retry-After"]) <= 900
        assert "Try again in 15 minutes." in response.content.decode()
        assert email not in response.content.decode()


def test_a_refused_try_asks_nobody_and_sends_nothing(client, user, ear):
    for _ in range(5):
        post(client, "/password/forgotten/")
    assert ear.names() == ["password_reset_requested"] * 3


def test_the_window_ends(client, time_machine):
    time_machine.move_to(timezone.now())
    for _ in range(4):
        response = post(client, "/sign-in/")
    assert response.status_code == 429
    time_machine.shift(timedelta(minutes=15, seconds=1))
    assert post(client, "/sign-in/").status_code == 200


def test_a_clock_set_back_ends_the_window_too(client, time_machine):
    time_machine.move_to(timezone.now())
    for _ in range(4):
        post(client, "/sign-in/")
    time_machine.shift(timedelta(days=-30))
    assert post(client, "/sign-in/").status_code == 200


def test_success_is_not_counted(client, user):
    for _ in range(8):
        response = client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    assert response.status_code == 302


def test_unlocking_lets_the_owner_begin_anew(client, user, settings):
    settings.SIGN_IN_FAILURES = 3
    for _ in range(4):
        response = post(client, "/sign-in/")
    assert response.status_code == 429
    lifecycle.unlock(user, make_administrator())
    assert client.post("/sign-in/", {"username": user.email, "password": PASSWORD}).status_code == 302


def test_a_button_does_not_fill_a_mailbox(as_administrator):
    pending, other = make_pending(), make_administrator("other@example.com")

    def send_again() -> str:
        address = f"/administration/user-management/users/{pending.pk}/send-link/"
        return as_administrator.post(address, follow=True).content.decode()

    def waiting() -> int:
        return Notification.objects.filter(user=pending, created_at__gte=begun).count()

    begun = timezone.now()
    for number in (1, 2):
        assert "A new activation link is on its way" in send_again()
        assert waiting() == number
    pending.refresh_from_db()
    generation = pending.link_generation
    assert "pia@example.com was sent too many activation links. The next one is possible in 15 minutes." in send_again()
    assert waiting() == 2
    pending.refresh_from_db()
    assert pending.link_generation == generation  # the link that is on its way still works
    # Nor by writing the address anew, again and again; what the person asks for is counted apart.
    with pytest.raises(lifecycle.NotPossible, match="too many activation links"):
        for address in ("pia@corp.example", "pia@example.com"):
            edit(pending, actor=other, email=address)
    assert lifecycle.request_link(User.objects.get(pk=pending.pk))


def test_zero_is_no_limit(client, settings):
    settings.RATE_LIMITS = {"sign_in": (0, 0), "link": (0, 0)}
    assert {post(client, "/sign-in/").status_code for _ in range(8)} == {200}
    assert not Tally.objects.exists()


def test_the_table_names_nobody_and_is_swept(client, time_machine):
    post(client, "/sign-in/", "ann@example.com", "192.0.2.1")
    assert Tally.objects.count() == 2
    assert not any("ann" in tally.key or "192" in tally.key for tally in Tally.objects.all())
    limits.sweep()
    assert Tally.objects.count() == 2
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    limits.sweep()
    assert not Tally.objects.exists()


@pytest.mark.parametrize("page", ["/sign-in/", "/password/forgotten/"])
def test_answers_to_strangers_take_whole_steps(client, user, settings, monkeypatch, page):
    settings.ANSWER_STEP = timedelta(milliseconds=250)
    slept: list[float] = []
    monkeypatch.setattr("accounts.throttling.time.sleep", slept.append)
    for email in ("ann@example.com", "nobody@example.com"):
        post(client, page, email)
    assert len(slept) == 2
    assert all(0 <= seconds <= 0.25 for seconds in slept)


@pytest.mark.django_db(transaction=True)
def test_tries_that_arrive_together_are_all_counted(settings):
    settings.RATE_LIMITS = {"sign_in": (10, 0)}
    waits = at_once(*[lambda: [limits.take("sign_in", "ann@example.com", None) for _ in range(5)]] * 3)
    assert [wait for some in waits for wait in some].count(None) == 10
    assert Tally.objects.get().tries == 15
    connection.close()
