"""A network of its own, with a name server of its own: a command is run there, and nothing of it is left behind.

127.0.0.1 and ::1 are there as always. 192.0.2.0/24 and 2001:db8:1::/64 swallow what is sent to them, 198.51.100.0/24
cannot be reached, 100.64.0.0/24 is prohibited, and to anywhere else there is no route.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

# The ways of a network, in the words of ip(8). What loopback carries and is for nobody here is dropped without a word.
_NETWORK = """
ip link set lo up
ip route add 192.0.2.0/24 dev lo
ip route add 2001:db8:1::/64 dev lo
ip route add unreachable 198.51.100.0/24
ip route add prohibit 100.64.0.0/24
"""


def missing() -> str:
    """Why there can be none here, "" when there can."""
    if os.geteuid() != 0:
        return "a network namespace needs root"
    lacking = [program for program in ("unshare", "ip", "dnsmasq") if shutil.which(program) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    # A container may be root and forbid it.
    tried = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"], capture_output=True, timeout=10)
    return "" if tried.returncode == 0 else "this machine allows no network namespaces"


def run_secluded(command: list[str], folder: Path, zone: tuple[str, ...], *, timeout: float) -> str:
    """What the command prints. `zone`: lines of dnsmasq's configuration.

    The command may write other name servers into /etc/resolv.conf: it is its own.
    """
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    (folder / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (folder / "dnsmasq.conf").write_text("\n".join((*_DNSMASQ, *zone)) + "\n")
    script = "\n".join(
        (
            "set -e",
            _NETWORK,
            f"mount --bind {folder}/resolv.conf /etc/resolv.conf",
            f"mount --bind {folder}/hosts /etc/hosts",
            f"dnsmasq --conf-file={folder}/dnsmasq.conf",
            'exec "$@"',
        )
    )
    # With the first process of their own number space, all others end.
    secluded = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", *command]
    ran = subprocess.run(secluded, capture_output=True, timeout=timeout, check=False, text=True)
    if ran.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {ran.returncode} in a network of its own: {ran.stderr[-2000:]}")
    return ran.stdout


_DNSMASQ = (
    "no-resolv",
    "no-hosts",
    "user=root",
    "pid-file",
    "listen-address=127.0.0.1",
    "bind-interfaces",
    # Whatever the zone does not hold does not exist.
    "local=/#/",
)
