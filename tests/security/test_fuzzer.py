"""Any words to any page, by anybody: nothing fails, and nothing opens that the table keeps closed.

Hypothesis makes up path arguments, queries, forms, files, headers and cookies; each try is rolled back.
"""

from typing import Any
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security import site
from tests.security.test_roles import refused

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
FIELDS = (
    "server_address", "use_tls", "port", "authentication", "username", "password", "confirm_password",
    "provider_secret", "from_name", "from_email", "tls_mode", "ca_certificate", "ehlo_name", "timeout",
    "version", "recipient", "email", "name", "role", "language", "time_zone", "q", "state", "kind", "sort",
    "page", "pk", "deed", "next", "before", "action", "since", "until", "format", "carried", "sudo_password",
    "old_password", "new_password1", "new_password2", "file",
)  # fmt: skip
HOSTILE = (
    "", "on", "off", "0", "-1", "1e9", "9" * 40, "²", "\0", "a\r\nRCPT TO:<x@y>", "<script>alert(1)</script>",
    "' OR 1=1", "%00", "../../etc/passwd", "{{ 7*7 }}", "a" * 70_000, "\u202eadmin", "\ufeff", "😀" * 300,
    "=1+1", "//evil.example", "javascript:alert(1)", "0000-00-00", "9999-12-31", "a@corp.example", "user",
    "administrator", "csv", "delete", "mail.corp.example", "[::1]", "xn--a",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", site.PASSWORD,
)  # fmt: skip

words = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
forms = st.dictionaries(st.sampled_from(FIELDS) | words, words | st.lists(words, max_size=3), max_size=12)
files = st.binary(max_size=200) | st.sampled_from([b"email,name\na@corp.example,Ann\n", b"\xff\xfee\0m\0"])
numbers = st.sampled_from(["0", "1", "9" * 19, "9" * 60, "-1", "x"])
headers = st.fixed_dictionaries(
    {},
    optional={
        "HTTP_HX_REQUEST": st.just("true"),
        "HTTP_REFERER": words,
        "HTTP_ACCEPT_LANGUAGE": words,
        "HTTP_ACCEPT": words,
        "HTTP_AUTHORIZATION": words,
        "HTTP_X_REQUEST_ID": words,
        "HTTP_X_FORWARDED_FOR": words,
        "HTTP_RANGE": words,
        "HTTP_IF_MODIFIED_SINCE": words,
        "HTTP_COOKIE": st.sampled_from(["sessionid=x", "csrftoken=\xff", "messages=x; sessionid=", ";;;"]),
    },
)


@pytest.fixture
def quick(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ANSWER_STEP = type(settings.ANSWER_STEP)(0)


def body_of(form: dict[str, Any], file: bytes, kind: str) -> tuple[bytes, str]:
    if kind == "multipart":
        return encode_multipart(BOUNDARY, form | {"file": SimpleUploadedFile("people.csv", file)}), MULTIPART_CONTENT
    if kind == "garbage":
        return file, "multipart/form-data; boundary=x"
    pairs = [(name, one) for name, value in form.items() for one in (value if isinstance(value, list) else [value])]
    encoded = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    return encoded.encode(), "application/x-www-form-urlencoded"


@pytest.mark.django_db
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", site.ROLES)
def test_no_words_break_a_page_or_open_one(role: str) -> None:
    people, things, table, routes = site.people(), site.things(), site.table(), list(site.routes())
    cookies = site.signed_in(people[role]).cookies

    @settings(max_examples=250, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        route=st.sampled_from(routes),
        method=st.sampled_from(METHODS) | st.sampled_from(["GET", "POST"]),
        argument=st.none() | numbers,
        query=forms,
        form=forms,
        file=files,
        kind=st.sampled_from(["form", "form", "multipart", "garbage"]),
        meta=headers,
    )
    def try_it(route: site.Route, method: str, argument: str | None, meta: dict[str, str], **sent: Any) -> None:
        path = route.filled(things if argument is None else things | dict.fromkeys(site.NUMBERED, argument))
        body, content_type = body_of(sent["form"], sent["file"], sent["kind"])
        query, _ = body_of(sent["query"], b"", "form")
        client = Client()
        if "HTTP_COOKIE" not in meta:
            client.cookies.load({name: morsel.value for name, morsel in cookies.items()})
        with transaction.atomic():
            response = client.generic(method, path, body, content_type, QUERY_STRING=query.decode(), **meta)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        assert response.status_code < 500 or route.name == "readyz", response.content
        # An answer to a question for the password that nobody asked leads home before the page is reached.
        turned_away = "carried" in sent["form"] and response.headers.get("Location") == "/"
        opened = response.status_code < 400 and not refused(response) and not turned_away
        assert not opened or table[route.path]["nobody" if "HTTP_COOKIE" in meta else role], response.status_code

    try_it()
