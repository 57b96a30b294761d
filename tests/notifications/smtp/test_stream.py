"""The stream where TLS and the end of a connection meet."""

import ssl

import pytest

from notifications.smtp import TLSMode
from notifications.smtp.failure import ClosedByServer, SessionFailure
from notifications.smtp.session import Session
from tests.servers.certificates import server_context
from tests.servers.scripted import Connection, scripted
from tests.servers.settings import to_scripted


@pytest.mark.timeout(10)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_orderly_end_under_tls_is_an_end(version: ssl.TLSVersion) -> None:
    """Its sign is a read of nothing, without an error."""
    context = server_context()
    context.minimum_version = context.maximum_version = version

    def script(connection: Connection) -> None:
        connection.start_tls(context)
        connection.say("220 mail.test")
        connection.hear()
        connection.say_goodbye()

    with scripted(script) as server:
        session = Session(to_scripted(server, TLSMode.IMPLICIT))
        with session, pytest.raises(SessionFailure) as caught:
            session.open()
    assert isinstance(caught.value.error, ClosedByServer)
