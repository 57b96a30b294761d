"""A copy of the tree in a folder of its own: what a clone would hold, with what is not committed yet."""

import shutil
import subprocess
import sys
from pathlib import Path

from paragon_smtp.environment import BASE_DIR


def copy_to(folder: Path) -> Path:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (BASE_DIR / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BASE_DIR / name, target)
    return folder


def real_python() -> str:
    """The Python behind this virtual environment: a newcomer has no other."""
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
