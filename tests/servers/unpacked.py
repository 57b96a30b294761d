"""Mail servers that cannot be installed beside Postfix: unpacked by `.ci/servers`, run in a mount namespace of each.

There they find the users and the folders that an installation would have made. Needs root.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

PLACE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paragon-smtp-servers"


def missing(program: str) -> str:
    """Why it cannot run here, "" when it can."""
    if os.geteuid() != 0:
        return f"{program} needs root"
    if not (PLACE / program).exists():
        return f"{program} is not there: .ci/servers brings it"
    return "" if shutil.which("unshare") else "unshare is not installed"


def jail(folder: Path, command: list[str], users: Iterable[str], folders: Mapping[str, Path]) -> list[str]:
    """The command with further users, and with `folders` mounted over the system's own (which must exist).

    `folder` is where the files for that are written.
    """
    passwd, group = folder / "passwd", folder / "group"
    names = list(enumerate(users, 901))
    passwd.write_text(
        Path("/etc/passwd").read_text() + "".join(f"{name}:x:{n}:{n}::/nonexistent:/bin/false\n" for n, name in names)
    )
    group.write_text(Path("/etc/group").read_text() + "".join(f"{name}:x:{n}:\n" for n, name in names))
    mounts = {"/etc/passwd": passwd, "/etc/group": group} | dict(folders)
    script = "".join(f"mount --bind {source} {target} && " for target, source in mounts.items())
    return ["unshare", "--mount", "sh", "-c", f'{script}exec "$@"', "sh", *command]
