"""Values meant to harm: no page breaks, nothing is half-saved, nothing is drawn as HTML."""

from urllib.parse import quote_from_bytes

import pytest
from django.test import Client

from accounts.links import activation_path, reset_path
from accounts.models import User
from tests.accounts.people import PASSWORD, make_pending

pytestmark = pytest.mark.django_db

HOSTILE = {
    "nul": b"a\x00b",
    "surrogate": b"a\xed\xa0\x80b",
    "broken-utf-8": b"\xff\xfe\xc3(",
    "crlf": b"a\r\nBcc: eve@example.com\r\n\r\nbody",
    "header": b"=?utf-8?q?=0aBcc:eve@example.com?=",
    "address-crlf": b"ann@example.com\r\nBcc: eve@example.com",
    "rtl": "\u202eгpj.exe\u202c\u2066x".encode(),
    "html": b"<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "template": b"{{ settings.SECRET_KEY }}{% debug %}${7*7}",
    "sql": b"' OR 1=1; DROP TABLE accounts_user; --",
    "percent": b"%s%d%(x)s%",
    "long": b"a" * 1_000_000,
    "long-address": b"a" * 1_000_000 + b"@example.com",
    "emoji": "👩‍🔧".encode() * 1000,
    "combining": "z\u0301\u0302\u0303".encode() * 2000,
    "spaces": "\u00a0\u2003\u3000 \t".encode(),
    "turkish": "İIıi@EXAMPLE.com".encode(),
    "control": bytes(range(1, 32)),
}
LIST = "/administration/user-management/users/"
FORMS = {
    "/sign-in/": ["username", "password", "next"],
    "/password/forgotten/": ["email"],
    "/password/change/": ["old_password", "new_password1", "new_password2"],
    f"{LIST}add/": ["email", "name", "role", "time_zone"],
    f"{LIST}selected/": ["deed", "pk", "q", "state", "sort", "page"],
    "/activate/again/": ["email"],
    "/account/edit/": ["name", "language", "time_zone"],
}


def post(client: Client, path: str, values: dict[str, bytes]):
    """Bytes as they are, which no str could carry."""
    body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in values.items())
    return client.post(path, body, content_type="application/x-www-form-urlencoded")


def check(response) -> None:
    assert response.status_code in (200, 302, 400)
    assert b"<script>alert(1)" not in response.content
    assert b"<img src=x" not in response.content
    assert not any("\n" in value for value in response.headers.values())


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("path", "field"), [(path, field) for path, fields in FORMS.items() for field in fields])
def test_hostile_values_in_each_field(as_administrator, administrator, path, field, kind):
    good = {
        "username": b"adele@example.com",
        "old_password": PASSWORD.encode(),
        "password": PASSWORD.encode(),
        "email": b"bob@example.com",
        "role": b"user",
        "new_password1": b"a fine new secret 9",
        "new_password2": b"a fine new secret 9",
    }
    values = {name: good.get(name, b"") for name in FORMS[path]} | {field: HOSTILE[kind]}
    check(post(as_administrator, path, values))
    for user in User.objects.all():
        assert user.email.isprintable()
        assert "\n" not in f"{user}"


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("link", [activation_path, reset_path])
def test_hostile_passwords_behind_a_link(client, link, kind):
    form = client.get(link(make_pending())).headers["Location"]
    check(post(client, form, {"new_password1": HOSTILE[kind], "new_password2": HOSTILE[kind]}))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_values_in_the_address(as_administrator, kind):
    value = quote_from_bytes(HOSTILE[kind][:10_000])
    for path in (
        f"{LIST}?q={value}&sort={value}&state={value}&role={value}&page={value}",
        f"{LIST}selected/?deed={value}&pk={value}&q={value}",
        f"/sign-in/?next={value}",
    ):
        check(as_administrator.get(path))
    for path in (f"/activate/{value}/{value}/", f"/password/reset/{value}/{value}/", f"{LIST}{value}/"):
        assert as_administrator.get(path).status_code in (200, 404)


def test_a_hostile_name_is_drawn_as_text(as_administrator):
    name = "<script>alert(1)</script>"
    response = as_administrator.post(
        f"{LIST}add/", {"email": "bob@example.com", "name": name, "role": "user"}, follow=True
    )
    check(response)
    user = User.objects.get(email="bob@example.com")
    assert user.name == name
    for path in (LIST, f"{LIST}{user.pk}/", f"{LIST}{user.pk}/delete/"):
        check(as_administrator.get(path))


def test_a_number_that_no_key_reaches_is_not_found(as_administrator):
    assert as_administrator.get(f"{LIST}{10**30}/").status_code == 404
    assert as_administrator.post(f"{LIST}{10**30}/lock/").status_code == 404
