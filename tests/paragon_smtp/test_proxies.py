from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from audit.models import Entry

OURS = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "client_"),
    [
        ((), "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # nobody is believed
        (OURS, "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # a stranger says so
        (OURS, "10.0.0.5", "198.51.100.7", "198.51.100.7"),
        (OURS, "10.0.0.5", "", "10.0.0.5"),
        (OURS, "10.0.0.5", "1.2.3.4, 198.51.100.7", "198.51.100.7"),  # the left one is the client's own invention
        (OURS, "10.0.0.5", "198.51.100.7, 10.0.0.9", "198.51.100.7"),  # two proxies
        (OURS, "10.0.0.5", "10.0.0.8, 10.0.0.9", "10.0.0.8"),  # somebody inside
        (OURS, "10.0.0.5", "198.51.100.7:41234", "198.51.100.7"),
        (OURS, "10.0.0.5", "[2001:db8::1]:41234", "2001:db8::1"),
        (OURS, "10.0.0.5", "2001:db8::1", "2001:db8::1"),
        (OURS, "::ffff:10.0.0.5", "::ffff:198.51.100.7", "198.51.100.7"),
        (OURS, "10.0.0.5", "198.51.100.7, unknown", "10.0.0.5"),
        (OURS, "10.0.0.5", "' OR 1=1, 10.0.0.9", "10.0.0.9"),
        (OURS, "10.0.0.5", ",,, ", "10.0.0.5"),
        (("unix",), "", "198.51.100.7", "198.51.100.7"),
        (OURS, "", "198.51.100.7", None),
    ],
)
@pytest.mark.django_db
def test_client_address(
    settings: LazySettings, client: Client, trusted: tuple[str, ...], remote: str, forwarded: str, client_: str | None
) -> None:
    settings.TRUSTED_PROXIES = trusted
    client.post(
        "/sign-in/",
        {"username": "nobody@corp.example", "password": "x"},
        REMOTE_ADDR=remote,
        headers={"X-Forwarded-For": forwarded},
    )
    assert Entry.objects.get(action="account.sign_in_failed").ip == client_


@pytest.mark.django_db
@pytest.mark.parametrize(("remote", "status"), [("10.0.0.5", 200), ("192.0.2.1", 301)])
def test_that_tls_was_used_is_believed_of_our_proxies_alone(
    settings: LazySettings, client: Client, remote: str, status: int
) -> None:
    settings.TRUSTED_PROXIES = OURS
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    response = client.get("/sign-in/", REMOTE_ADDR=remote, headers={"X-Forwarded-Proto": "https"})
    assert response.status_code == status


@pytest.mark.django_db
def test_clients_behind_one_proxy_are_limited_apart(settings: LazySettings, client: Client) -> None:
    settings.TRUSTED_PROXIES = OURS
    settings.ANSWER_STEP = timedelta(0)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (10, 10))
    User.objects.create_user("ann@corp.example", "a long pass phrase")
    statuses = []
    for number in range(12):
        response = client.post(
            "/sign-in/",
            {"username": f"{number}@corp.example", "password": "x"},
            REMOTE_ADDR="10.0.0.5",
            headers={"X-Forwarded-For": "198.51.100.7"},
        )
        statuses.append(response.status_code)
        if response.status_code == 429:
            break
    assert statuses[-1] == 429
    right = {"username": "ann@corp.example", "password": "a long pass phrase"}
    other = client.post("/sign-in/", right, REMOTE_ADDR="10.0.0.5", headers={"X-Forwarded-For": "198.51.100.8"})
    assert other.status_code == 302


@pytest.mark.parametrize(
    ("trusted", "remote", "given", "taken"),
    [
        (OURS, "10.0.0.5", "proxy-0001.a_b", True),
        (OURS, "192.0.2.1", "proxy-0001.a_b", False),
        ((), "10.0.0.5", "proxy-0001.a_b", False),  # also where TRUST_PROXY says that there is a proxy: which one?
        (OURS, "10.0.0.5", "short", False),
        (OURS, "10.0.0.5", "two words of it", False),
        (OURS, "10.0.0.5", "x" * 65, False),
    ],
)
def test_name_of_a_request_is_taken_of_our_proxies_alone(
    settings: LazySettings, client: Client, trusted: tuple[str, ...], remote: str, given: str, taken: bool
) -> None:
    settings.TRUSTED_PROXIES, settings.TRUST_PROXY = trusted, True
    answers = [client.get("/healthz", REMOTE_ADDR=remote, headers={"X-Request-ID": given}) for _ in range(2)]
    names = [answer["X-Request-ID"] for answer in answers]
    assert names == [given, given] if taken else (given not in names and len(set(names)) == 2)
