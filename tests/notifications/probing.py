"""A probe and what it found."""

from typing import Any

from notifications.probe import Report, probe
from notifications.smtp import Server, TLSMode
from tests.servers.scripted import Script, scripted
from tests.servers.settings import to_scripted

MESSAGE = b"Subject: test\r\n\r\ntest\r\n"
NONE, STARTTLS, IMPLICIT = TLSMode.NONE, TLSMode.STARTTLS, TLSMode.IMPLICIT


def tried(server: Server, *, to: str = "to@example.com", deadline: float = 5.0) -> Report:
    return probe(server, "from@mail.test", to, MESSAGE, message_id="<1@mail.test>", deadline=deadline)


def found(server: Server, **more: Any) -> tuple[str, str | None]:
    """The cause, and the stage at which it showed."""
    diagnosis = tried(server, **more).diagnosis
    assert diagnosis is not None
    return diagnosis.cause, diagnosis.stage


def against(script: Script, mode: TLSMode = NONE, *, timeout: float = 2.0, **more: Any) -> tuple[str, str | None]:
    with scripted(script) as server:
        return found(to_scripted(server, mode, timeout=timeout, **more))
