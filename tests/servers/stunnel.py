"""A real stunnel before a plain mail server: TLS from the first byte, one port for each way to set it up."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifications.smtp import Server, TLSMode
from tests.servers import odd_certificates
from tests.servers.aiosmtp import mail_server
from tests.servers.odd_certificates import ROOT
from tests.servers.processes import free_ports, listening, start
from tests.servers.settings import to_local


@dataclass(frozen=True, slots=True)
class Stunnel:
    ports: Mapping[str, int]

    def settings(self, service: str, **more: Any) -> Server:
        values = {"tls_mode": TLSMode.IMPLICIT, "ca_certificate": ROOT.pem, "timeout": 5.0}
        return to_local(self.ports[service], **values | more)


def missing() -> str:
    return "" if shutil.which("stunnel4") else "stunnel4 is not installed"


@contextmanager
def stunnel(services: Mapping[str, Mapping[str, str]]) -> Iterator[Stunnel]:
    """`services`: by name, stunnel's options; `certificate` is one of `odd_certificates`."""
    with tempfile.TemporaryDirectory(prefix="stunnel-") as name, mail_server() as server:
        folder = Path(name)
        ports = dict(zip(services, free_ports(len(services)), strict=True))
        (folder / "root.pem").write_text(ROOT.pem)
        lines = ["foreground = yes", "pid =", "syslog = no", "socket = l:SO_REUSEADDR=1"]
        for service, setup in services.items():
            given = dict(setup)
            certificate = odd_certificates.write(folder, given.pop("certificate", "good"))
            options = {
                "accept": f"127.0.0.1:{ports[service]}",
                "connect": f"127.0.0.1:{server.port}",
                "cert": str(certificate),
                "CAfile": str(folder / "root.pem"),
                "securityLevel": "0",
            }
            lines.append(f"[{service}]")
            lines += [f"{key} = {value}" for key, value in (options | given).items()]
        (folder / "stunnel.conf").write_text("\n".join(lines) + "\n")
        command = ["stunnel4", str(folder / "stunnel.conf")]
        last = [*ports.values()][-1]
        supervisor = start("stunnel", command, folder, lambda: listening(last))
        try:
            yield Stunnel(ports)
        finally:
            supervisor.stop()
