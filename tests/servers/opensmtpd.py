"""A real OpenSMTPD on loopback, one for all set-ups: each has a port, a tag and rules of its own.

It relays nothing: what it accepts is handed to a server of the test's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifications.smtp import Server, TLSMode
from tests.servers.aiosmtp import mail_server
from tests.servers.certificates import write_certificate
from tests.servers.processes import free_ports, listening, start
from tests.servers.settings import to_local
from tests.servers.unpacked import PLACE, jail
from tests.servers.unpacked import missing as missing_program

PROGRAM = "usr/sbin/smtpd"


@dataclass(frozen=True, slots=True)
class OpenSMTPD:
    ports: Mapping[str, int]

    def settings(self, service: str, **more: Any) -> Server:
        return to_local(self.ports[service], **{"tls_mode": TLSMode.NONE} | more)


def missing() -> str:
    return missing_program(PROGRAM)


@contextmanager
def opensmtpd(services: Mapping[str, Mapping[str, str]]) -> Iterator[OpenSMTPD]:
    """`services`: by name, what differs from a set-up in good order: `listen`'s options, a `filter`'s rule, `match`."""
    # Not below pytest's own folder, which other users may not enter.
    with tempfile.TemporaryDirectory(prefix="opensmtpd-") as name, mail_server() as sink:
        folder = Path(name)
        folder.chmod(0o755)
        ports = dict(zip(services, free_ports(len(services)), strict=True))
        _configure(folder, services, ports, sink.port)
        folders = {"/usr/libexec": PLACE / "usr" / "libexec"}
        for target, inner in (("/var/spool", "smtpd"), ("/var/lib", "opensmtpd/empty"), ("/run", "lock")):
            folders[target] = folder / target[1:]
            (folders[target] / inner).mkdir(parents=True, mode=0o711)
        command = [str(PLACE / PROGRAM), "-d", "-f", str(folder / "smtpd.conf")]
        users = ("opensmtpd", "opensmtpq")
        last = [*ports.values()][-1]
        supervisor = start("opensmtpd", jail(folder, command, users, folders), folder, lambda: listening(last))
        try:
            yield OpenSMTPD(ports)
        finally:
            supervisor.stop()


def _configure(folder: Path, services: Mapping[str, Mapping[str, str]], ports: Mapping[str, int], sink: int) -> None:
    chain, key = write_certificate(folder)
    lines = [
        f'pki mail cert "{chain}"',
        f'pki mail key "{key}"',
        'table users { "sender" = "x" }',
        "table here { 127.0.0.1 }",
        'smtp max-message-size "2K"',
        f'action "on" relay host smtp://127.0.0.1:{sink}',
    ]
    rules = []
    for number, (name, setup) in enumerate(services.items()):
        listen = setup.get("listen", "")
        if rule := setup.get("filter"):
            lines.append(f'filter "f{number}" {rule}')
            listen += f' filter "f{number}"'
        lines.append(f"listen on 127.0.0.1 port {ports[name]} {listen} hostname mail.test tag T{number}")
        rules.append(f'match tag T{number} {setup.get("match", "from any for domain known.test")} action "on"')
        rules.append(f'match tag T{number} auth from any for any action "on"')
    (folder / "smtpd.conf").write_text("\n".join([*lines, *rules]) + "\n")
