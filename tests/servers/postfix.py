"""A real Postfix on loopback, in a folder of its own: STARTTLS, SASL, and delivery to a server of the test's.

Further services of the same instance each have a port and options of their own. Needs root, as Postfix's master does.
Touches nothing of the system's own Postfix.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from notifications.smtp import Server
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import write_certificate
from tests.servers.processes import free_ports
from tests.servers.settings import to_local

USER, PASSWORD = "sender@mail.test", "Sésame-1234!"
_OF_CLEANUP = ("header_checks", "body_checks")


@dataclass
class Postfix:
    port: int
    sink: MailServer = field(repr=False)
    ports: Mapping[str, int] = field(default_factory=dict, repr=False)

    def settings(self, service: str = "", **more: Any) -> Server:
        who = {"username": USER, "password": PASSWORD}
        return to_local(self.ports.get(service, self.port), **who | more)


def missing() -> str:
    """Why it cannot run here, "" when it can."""
    if os.geteuid() != 0:
        return "Postfix needs root"
    programs = [name for name in ("postfix", "postconf", "saslpasswd2") if shutil.which(name) is None]
    return f"not installed: {', '.join(programs)}" if programs else ""


@contextmanager
def postfix(services: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> Iterator[Postfix]:
    """`services`: options of main.cf by the name of the service for which they hold."""
    with tempfile.TemporaryDirectory(prefix="postfix-") as name, mail_server() as sink:
        folder = Path(name)
        folder.chmod(0o755)
        port, *others = free_ports(1 + len(services))
        ports = dict(zip(services, others, strict=True))
        _configure(folder, port, sink.port)
        (folder / "etc" / "master.cf").write_text("\n".join(_master(port, ports, services)) + "\n")
        command = ["postfix", "-c", str(folder / "etc")]
        subprocess.run([*command, "start"], check=True, capture_output=True, timeout=30)
        try:
            _wait_for(port, folder / "log" / "mail.log")
            yield Postfix(port, sink, ports)
        finally:
            subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=30)


def _configure(folder: Path, port: int, sink: int) -> None:
    # Debian's Postfix looks for SASL's settings in `sasl` below its own, whatever cyrus_sasl_config_path says.
    etc, queue, data, log, sasl = (folder / part for part in ("etc", "queue", "data", "log", "etc/sasl"))
    for part in (etc, queue, data, log, sasl):
        part.mkdir()
    shutil.chown(data, "postfix")
    chain, key = write_certificate(etc)
    _write_passwords(sasl)
    (etc / "main.cf").write_text(
        "\n".join(
            (
                "compatibility_level = 3.6",
                f"queue_directory = {queue}",
                f"data_directory = {data}",
                f"maillog_file = {log}/mail.log",
                f"maillog_file_prefixes = {folder}",
                "myhostname = mail.test",
                "mydestination = local.test",
                "relay_domains = relay.test",
                "virtual_mailbox_domains = virtual.test",
                "mynetworks =",
                "inet_interfaces = 127.0.0.1",
                "inet_protocols = ipv4",
                "alias_maps =",
                "alias_database =",
                "local_recipient_maps =",
                f"relayhost = [127.0.0.1]:{sink}",
                "smtp_host_lookup = native",
                f"smtpd_tls_cert_file = {chain}",
                f"smtpd_tls_key_file = {key}",
                "smtpd_tls_security_level = may",
                "smtpd_tls_auth_only = yes",
                "smtpd_sasl_auth_enable = yes",
                "smtpd_sasl_path = smtpd",
                "smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination",
                "smtpd_helo_required = yes",
                "smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname",
                "message_size_limit = 100000",
                # A process for each of many services: none stays when it is not needed.
                "max_idle = 2s",
                "",
            )
        )
    )


def _write_passwords(sasl: Path) -> None:
    (sasl / "smtpd.conf").write_text(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN CRAM-MD5\n"
        f"sasldb_path: {sasl}/sasldb2\n"
    )
    # A daemon that does not run, and a database that is not there.
    (sasl / "daemonless.conf").write_text("pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\nsaslauthd_path: /none\n")
    (sasl / "empty.conf").write_text(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: /none\n"
    )
    user, realm = USER.split("@")
    subprocess.run(
        ["saslpasswd2", "-p", "-c", "-f", str(sasl / "sasldb2"), "-u", realm, user],
        input=PASSWORD.encode(),
        check=True,
        capture_output=True,
        timeout=10,
    )
    (sasl / "sasldb2").chmod(0o640)
    os.chown(sasl / "sasldb2", 0, pwd.getpwnam("postfix").pw_gid)


def _master(port: int, ports: Mapping[str, int], services: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    # Nothing runs in a chroot: the temporary queue holds no libraries.
    yield f"127.0.0.1:{port} inet n - n - - smtpd"
    for name, options in services.items():
        # What cleanup(8) checks is set for cleanup alone.
        own = {key: value for key, value in options.items() if key not in _OF_CLEANUP}
        yield f"127.0.0.1:{ports[name]} inet n - n - - smtpd"
        yield from _options(own | {"cleanup_service_name": f"cleanup-{ports[name]}"})
        yield f"cleanup-{ports[name]} unix n - n - 0 cleanup"
        yield from _options({key: value for key, value in options.items() if key in _OF_CLEANUP})
    yield from (
        "cleanup unix n - n - 0 cleanup",
        "qmgr unix n - n 300 1 qmgr",
        "tlsmgr unix - - n 1000? 1 tlsmgr",
        "rewrite unix - - n - - trivial-rewrite",
        "bounce unix - - n - 0 bounce",
        "defer unix - - n - 0 bounce",
        "trace unix - - n - 0 bounce",
        "proxymap unix - - n - - proxymap",
        "smtp unix - - n - - smtp",
        "relay unix - - n - - smtp",
        "error unix - - n - - error",
        "retry unix - - n - - error",
        "discard unix - - n - - discard",
        "anvil unix - - n - 1 anvil",
        "scache unix - - n - 1 scache",
        "postlog unix-dgram n - n - 1 postlogd",
        "pickup unix n - n 60 1 pickup",
        "showq unix n - n - - showq",
        "flush unix n - n 1000? 0 flush",
        "verify unix - - n - 1 verify",
        "local unix - n n - - local",
    )


def _options(options: Mapping[str, str]) -> Iterator[str]:
    return (f"  -o {{ {key} = {value} }}" for key, value in options.items())


def _wait_for(port: int, log: Path) -> None:
    # A foreign process: there is no event to wait for but the port.
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
                if sock.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"Postfix does not answer: {log.read_text() if log.exists() else 'no log'}")
