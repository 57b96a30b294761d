"""Real mail servers for the tests, by aiosmtpd: with and without STARTTLS, implicit TLS, authentication."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as ServerSession

from notifications.smtp import Server, TLSMode
from tests.servers.certificates import AUTHORITY_PEM


@dataclass
class Received:
    sender: str
    recipients: list[str]
    content: bytes
    options: list[str]
    login: str | None
    tls: bool


@dataclass
class MailServer:
    """A running server: what it received, and how to reach it."""

    port: int
    received: list[Received] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)  # recipient to reply
    sign_ins: list[tuple[str, str]] = field(default_factory=list)
    _arrival: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def keep(self, message: Received) -> int:
        with self._arrival:
            self.received.append(message)
            self._arrival.notify_all()
            return len(self.received)

    def wait_for(self, *recipients: str, seconds: float = 30.0) -> set[str]:
        """Those of the recipients that a message has reached, once it has reached all, or the time is up."""
        wanted = set(recipients)

        def reached() -> set[str]:
            return wanted & {to for message in self.received for to in message.recipients}

        with self._arrival:
            self._arrival.wait_for(lambda: reached() == wanted, seconds)
            return reached()

    def settings(self, tls_mode: TLSMode, **more: Any) -> Server:
        """How to reach it, with the tests' authority trusted and short times."""
        values: dict[str, Any] = {"ca_certificate": AUTHORITY_PEM, "timeout": 5.0, "ehlo_name": "client.example"} | more
        return Server("localhost", self.port, tls_mode, **values)


class _Handler:  # its methods have aiosmtpd's names and arguments
    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: ServerSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if reply := self._server.refuse.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: ServerSession, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        login = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else None
        number = self._server.keep(
            Received(
                envelope.mail_from or "",
                list(envelope.rcpt_tos),
                content,
                list(envelope.mail_options),
                login,
                session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
            )
        )
        return f"250 2.0.0 Ok: queued as TEST{number}"


@contextmanager
def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    users: dict[str, str] | None = None,
    auth_needs_tls: bool = False,
    exclude: tuple[str, ...] = (),
    protocol: type[SMTP] = SMTP,
    address: str = "127.0.0.1",
    port: int = 0,
    **options: Any,
) -> Iterator[MailServer]:
    """A server on loopback, by default on a free port, in a thread of its own. `users` switches authentication on."""
    listener = loopback_listener(address, port)
    running = MailServer(listener.getsockname()[1])

    def authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        name, password = data.login.decode(), data.password.decode()
        running.sign_ins.append((mechanism, name))
        # Not handled: else no reply goes out, and the client waits.
        good = (users or {}).get(name) == password
        return AuthResult(success=good, handled=False, auth_data=data)

    def factory() -> SMTP:
        settings: dict[str, Any] = {
            "hostname": "mail.test",
            "tls_context": starttls,
            "require_starttls": False,
            "auth_require_tls": auth_needs_tls,
            "auth_exclude_mechanism": exclude,
            "enable_SMTPUTF8": True,
            "timeout": 20,
        }
        if users is not None:
            settings["authenticator"] = authenticator
        return protocol(_Handler(running), **settings | options)

    with serving(factory, listener, implicit):
        yield running


def loopback_listener(address: str = "127.0.0.1", port: int = 0) -> socket.socket:
    # Named, because asyncio switches Nagle's algorithm off only for sockets that say that they are TCP.
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # The port may be that of a server before, whose connections linger.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen()
    return listener


@contextmanager
def serving(
    factory: Callable[[], asyncio.Protocol], listener: socket.socket, tls: ssl.SSLContext | None
) -> Iterator[None]:
    """Run an asyncio server in a thread until the block ends."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        server = await loop.create_server(factory, sock=listener, ssl=tls)
        started.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks(loop) - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def main() -> None:
        asyncio.set_event_loop(loop)
        # What a client does to a connection is no error of the test's.
        loop.set_exception_handler(lambda _loop, _context: None)
        try:
            loop.run_until_complete(run())
        finally:
            loop.close()

    thread = threading.Thread(target=main, name="mail-server", daemon=True)
    thread.start()
    started.wait(5)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
