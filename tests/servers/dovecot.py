"""A real Dovecot on loopback, in a folder of its own: submission to a server of the test's, and what is no SMTP."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifications.smtp import Server
from tests.servers.certificates import write_certificate
from tests.servers.commands import smtp_sink
from tests.servers.processes import free_ports, listening, wait_for
from tests.servers.settings import to_local

USER, PASSWORD = "sender@mail.test", "Sésame-1234!"
SERVICES = {
    "submission": "submission-login",
    "submissions": "submission-login",
    "imap": "imap-login",
    "imaps": "imap-login",
    "pop3": "pop3-login",
    "pop3s": "pop3-login",
    "lmtp": "lmtp",
    "sieve": "managesieve-login",
}


@dataclass(frozen=True, slots=True)
class Dovecot:
    ports: Mapping[str, int]

    def settings(self, service: str = "submission", **more: Any) -> Server:
        return to_local(self.ports[service], **{"username": USER, "password": PASSWORD} | more)


def missing() -> str:
    if os.geteuid() != 0:
        return "Dovecot needs root"
    folder = Path("/usr/lib/dovecot")
    lacking = [name for name in dict.fromkeys(SERVICES.values()) if not (folder / name).exists()]
    lacking += [name for name in ("dovecot", "smtp-sink") if shutil.which(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


@contextmanager
def dovecot(setup: Mapping[str, str]) -> Iterator[Dovecot]:
    """`setup`: settings that differ from a set-up in good order; `passdb` is that whole block."""
    # Not below pytest's own folder, which other users may not enter; and short, since sockets' paths are.
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name, smtp_sink() as sink:
        folder = Path(name)
        folder.chmod(0o755)
        ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
        _configure(folder, setup, ports, sink)
        address = setup.get("listen", "127.0.0.1")
        command = ["dovecot", "-F", "-c", str(folder / "dovecot.conf")]
        with (folder / "errors").open("w") as errors:
            process = subprocess.Popen(command, stdout=errors, stderr=errors, start_new_session=True)
        try:
            wait_for(lambda: listening(ports["submission"], address) or process.poll(), "Dovecot listens", 10)
            if process.poll() is not None:
                raise RuntimeError(f"Dovecot ended: {(folder / 'errors').read_text()}")
            yield Dovecot(ports)
        finally:
            # All of them at once: asked politely, it takes a second for each of many instances.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _configure(folder: Path, setup: Mapping[str, str], ports: Mapping[str, int], sink: int) -> None:
    chain, key = write_certificate(folder)
    (folder / "users").write_text(
        f"{USER}:{{PLAIN}}{PASSWORD}::::::\nboss@mail.test:{{PLAIN}}{PASSWORD}::::::nologin\n"
    )
    (folder / "users").chmod(0o644)
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "mail", "mail")
    settings = {
        "protocols": "imap pop3 submission lmtp sieve",
        "base_dir": f"{folder}/run",
        "log_path": f"{folder}/log",
        "state_dir": f"{folder}/state",
        "hostname": "mail.test",
        "listen": "127.0.0.1",
        "mail_location": f"maildir:{folder}/mail/%u",
        "mail_uid": "mail",
        "mail_gid": "mail",
        "first_valid_uid": "1",
        "auth_mechanisms": "plain login cram-md5 scram-sha-256",
        "ssl": "yes",
        "ssl_cert": f"<{chain}",
        "ssl_key": f"<{key}",
        "submission_relay_host": "127.0.0.1",
        "submission_relay_port": str(sink),
        "auth_failure_delay": "0",
    }
    given = dict(setup)
    passwords = given.pop("passdb", f"driver = passwd-file\n args = {folder}/users")
    lines = [f"{name} = {value}" for name, value in (settings | given).items()]
    lines.append(f"passdb {{\n {passwords}\n}}")
    lines.append("userdb {\n driver = static\n args = uid=mail gid=mail home=/tmp\n}")
    # Else it lets who failed once wait for the next try.
    lines.append("service anvil {\n unix_listener anvil-auth-penalty {\n  mode = 0\n }\n}")
    for service in dict.fromkeys(SERVICES.values()):
        lines.append(f"service {service} {{")
        for listener in (name for name, of in SERVICES.items() if of == service):
            # The package has some of its own, which are told their port and whether they speak TLS.
            ssl = "\n  ssl = yes" if listener in ("submissions", "imaps", "pop3s") else ""
            lines.append(f" inet_listener {listener} {{\n  port = {ports[listener]}{ssl}\n }}")
        lines.append("}")
    (folder / "dovecot.conf").write_text("\n".join(lines) + "\n")
