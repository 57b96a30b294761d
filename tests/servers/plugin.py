"""The servers as pytest fixtures."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import server_context
from tests.servers.need import need_nothing_of
from tests.servers.postfix import Postfix, missing, postfix

logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@pytest.fixture
def plain_server() -> Iterator[MailServer]:
    """A mail server without TLS and without authentication."""
    with mail_server() as server:
        yield server


@pytest.fixture
def starttls_server() -> Iterator[MailServer]:
    """A mail server with STARTTLS, and authentication for `user` with `Secret-1234`."""
    with mail_server(starttls=server_context(), users={"user": "Secret-1234"}) as server:
        yield server


@pytest.fixture
def implicit_tls_server() -> Iterator[MailServer]:
    """A mail server with implicit TLS, and authentication for `user` with `Secret-1234`."""
    with mail_server(implicit=server_context(), users={"user": "Secret-1234"}) as server:
        yield server


@pytest.fixture(scope="session")
def postfix_server() -> Iterator[Postfix]:
    """A real Postfix. Skipped where it cannot run, unless REQUIRE_ALL is set."""
    need_nothing_of(missing())
    with postfix() as server:
        yield server
