"""`manage.py run`: everything on one machine, with nothing to install.

Which programs these are is in `parts.py`, how they are kept running in `supervisor.py`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from paragon_smtp import parts, ports
from paragon_smtp.supervisor import StartFailedError, Supervisor


class Command(BaseCommand):
    help = "Start the web server, the workers, the broker and a local inbox on this machine, until Ctrl-C."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        with only_one(settings.DATA_DIR):
            layout = self.layout()
            parts.make_folders(layout)
            parts.collect_static(layout)
            supervisor = Supervisor(parts.programs(layout), self.say)
            supervisor.stop_on_signals()
            self.say("Starting ...")
            try:
                supervisor.start(last_stage=0)  # making the first administrator looks for the broker
                call_command("setup")
                supervisor.start()
                if not supervisor.stopping.is_set():
                    self.announce(layout)
                supervisor.watch()
            except StartFailedError as error:
                raise CommandError(str(error)) from None
            finally:
                self.say("Stopping ...")
                supervisor.stop()

    def layout(self) -> parts.Layout:
        chosen: list[int] = []
        for name, (port, insisted) in settings.RUN_PORTS.items():
            chosen.append(ports.choose(name, port, insisted=insisted, taken=chosen))
            if chosen[-1] != port:
                self.say(f"Port {port} is in use; {name} is {chosen[-1]} this time.")
        web, inbox_smtp, inbox_web = chosen
        portal_url = settings.PORTAL_URL
        if not settings.PORTAL_URL_GIVEN:
            portal_url = f"http://{urlsplit(portal_url).hostname}:{web}"
        return parts.Layout(
            data_dir=settings.DATA_DIR,
            web=web,
            inbox_smtp=inbox_smtp,
            inbox_web=inbox_web,
            portal_url=portal_url,
            embedded_broker=settings.EMBEDDED_BROKER,
        )

    def announce(self, layout: parts.Layout) -> None:
        self.say(
            f"""
Paragon SMTP is ready.

  Sign in         {layout.portal_url}/sign-in/
  SMTP Settings   {layout.portal_url}/administration/authentication/smtp-settings/
  Local inbox     http://{ports.LOOPBACK}:{layout.inbox_web}/
                  To use it, save as SMTP Settings: Server Address {ports.LOOPBACK}, TLS off,
                  Port Number {layout.inbox_smtp}, SMTP Authentication off.
  Files           {layout.data_dir} (the logs in {layout.data_dir / "logs"})

Ctrl-C stops it."""
        )

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the folder while this process lives: two that share it would start each program twice."""
    try:
        handle = os.open(data_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {str(data_dir)!r} cannot be used: {error.strerror}.") from None
    with os.fdopen(handle, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ImproperlyConfigured(
                f"DATA_DIR {str(data_dir)!r} is in use by another `make run`. "
                "Stop that one, or set DATA_DIR to another folder."
            ) from None
        yield
