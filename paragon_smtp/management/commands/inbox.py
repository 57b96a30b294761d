"""`manage.py inbox`: the local inbox of `make run`, in the foreground."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand

from paragon_smtp import ports
from paragon_smtp.inbox.store import Store


class Command(BaseCommand):
    help = "Receive e-mails on this machine's loopback address and show them in the browser."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            from paragon_smtp.inbox.server import smtp_server, web_server
        except ImportError:
            raise ImproperlyConfigured("the inbox needs aiosmtpd: pip install 'paragon-smtp[embedded]'.") from None
        smtp_port, web_port = (
            ports.choose(name, settings.RUN_PORTS[name][0], insisted=True)
            for name in ("INBOX_SMTP_PORT", "INBOX_WEB_PORT")
        )
        folder = settings.DATA_DIR / "inbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = Store(folder)
        pages = web_server(store, web_port)
        mail = smtp_server(store, smtp_port)
        mail.start()
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        self.stdout.write(f"SMTP on {ports.LOOPBACK}:{smtp_port}, pages on http://{ports.LOOPBACK}:{web_port}/")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        pages.shutdown()
        mail.stop()
