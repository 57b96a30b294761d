"""A real Exim, started for each connection with a configuration of the test's. What it accepts stays in its queue."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from notifications.smtp import Server
from tests.servers.certificates import write_certificate
from tests.servers.inetd import inetd
from tests.servers.settings import to_local
from tests.servers.unpacked import PLACE, jail
from tests.servers.unpacked import missing as missing_program

PROGRAM = "usr/sbin/exim4"
USER, PASSWORD = "sender", "Sésame-1234!"

# In good order, but for what a test says: main options by name, and the text of the access lists by step.
_MAIN = {
    "exim_user": "Debian-exim",
    "exim_group": "Debian-exim",
    "primary_hostname": "mail.test",
    "keep_environment": "",
    "queue_only": "true",
    "host_lookup": "",
    "rfc1413_query_timeout": "0s",
    "tls_advertise_hosts": "*",
    "log_selector": "+all",
}
_ACCESS = {
    "rcpt": "accept authenticated = *\n accept domains = known.test\n deny message = relay not permitted",
}
_AUTHENTICATORS = f"""
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{USER}}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${{if and{{{{eq{{$auth1}}{{{USER}}}}}{{eq{{$auth2}}{{{PASSWORD}}}}}}}}}
  server_set_id = $auth1
  server_advertise_condition = ${{if def:tls_in_cipher}}
"""


def missing() -> str:
    return missing_program(PROGRAM)


@contextmanager
def exim(setup: Mapping[str, Any]) -> Iterator[int]:
    """Its port. `setup`: main options; `access` (lists by step) and `authenticators` replace those in good order, and
    `arguments` are the command's.
    """
    # Not below pytest's own folder, which other users may not enter.
    with tempfile.TemporaryDirectory(prefix="exim-") as name:
        folder = Path(name)
        _configure(folder, setup)
        command = [str(PLACE / PROGRAM), "-C", str(folder / "exim.conf"), "-bs", *setup.get("arguments", ())]
        with inetd(jail(folder, command, ["Debian-exim"], {})) as port:
            yield port


def _configure(folder: Path, setup: Mapping[str, Any]) -> None:
    chain, key = write_certificate(folder)
    folder.chmod(0o777)
    key.chmod(0o644)
    main = _MAIN | {
        "spool_directory": f"{folder}/spool",
        "log_file_path": f"{folder}/%slog",
        "tls_certificate": str(chain),
        "tls_privatekey": str(key),
    }
    access = _ACCESS | dict(setup.get("access", {}))
    main |= {name: value for name, value in setup.items() if name not in ("access", "arguments", "authenticators")}
    main |= {f"acl_smtp_{step}": f"check_{step}" for step in access}
    lines = [f"{name} = {value}" for name, value in main.items()]
    lines += ["begin acl", *(f"check_{step}:\n {text}\n" for step, text in access.items())]
    lines += ["begin routers", "here:", " driver = accept", " local_parts = ! nobody", " transport = none"]
    lines += ["begin transports", "none:", " driver = appendfile", " file = /dev/null"]
    lines += ["begin authenticators", setup.get("authenticators", _AUTHENTICATORS)]
    (folder / "exim.conf").write_text("\n".join(lines) + "\n")


def settings(port: int, **more: Any) -> Server:
    return to_local(port, **{"username": USER, "password": PASSWORD} | more)
