"""The two servers of the inbox: SMTP in, pages out. Both on loopback only; what is kept is `store.py`'s matter."""

import socket
import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from paragon_smtp.inbox.pages import Pages
from paragon_smtp.inbox.store import Store
from paragon_smtp.ports import LOOPBACK

SIZE_LIMIT = 25 * 1024 * 1024


class Keeper:
    """Takes every message for everybody."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        try:
            path = self.store.keep(envelope.mail_from or "", [str(to) for to in envelope.rcpt_tos], content)
        except OSError as error:
            return f"452 4.3.1 The inbox cannot keep the message: {error.strerror}"
        return f"250 2.0.0 kept as {path.name}"


class WebServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        # WSGIServer would ask for the machine's full name, which can take seconds without a network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]
        self.setup_environ()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """A page that is looked at is nothing to tell."""

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002
        sys.stderr.write(f"{format % args}\n")


def smtp_server(store: Store, port: int) -> Controller:
    return Controller(
        Keeper(store),
        hostname=LOOPBACK,
        port=port,
        server_hostname="inbox.localhost",
        enable_SMTPUTF8=True,
        data_size_limit=SIZE_LIMIT,
    )


def web_server(store: Store, port: int) -> WebServer:
    server = WebServer((LOOPBACK, port), QuietHandler)
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server.set_app(Pages(store))
    return server
