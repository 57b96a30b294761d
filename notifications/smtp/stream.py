"""Bytes over a socket, in clear or under TLS, each step with a moment at which it must end.

TLS runs over memory buffers, so that one loop can read while it writes, keep deadlines, and see the first bytes of an
answer that is no TLS. What the bytes mean is left to others.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time

from notifications.smtp.failure import AnswersInClear, ClosedByServer, HandshakeBroken, NoReply
from notifications.smtp.foreign import is_tls, recognise
from notifications.smtp.protocol import looks_like_reply

_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
# What a server may send while it is being written to; past this, it is left in the socket.
_MAX_UNREAD = 256 * 1024


class Stream:
    """Owns a connected, non-blocking socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._unread = bytearray()
        self._queue = bytearray()
        self._ended = False
        self._encrypted = False
        # How many bytes were put so far, as they go over the wire.
        self._put = 0
        # Something came, and nothing was sent since that would have acknowledged it.
        self._owes_acknowledgement = False

    @property
    def tls(self) -> ssl.SSLObject | None:
        return self._tls

    @property
    def local_ip(self) -> str:
        return str(self._socket.getsockname()[0])

    def receive(self, until: float) -> bytes:
        """What has come, waiting for at least a byte. b"" at the end. Raises `NoReply`."""
        if self._unread:
            data = bytes(self._unread)
            self._unread.clear()
            return data
        late = False
        while True:
            data = self._decrypted()
            if data or self._ended:
                return data
            # Under TLS, bytes may come without end and hold nothing to read.
            if late:
                raise NoReply
            with contextlib.suppress(ClosedByServer):
                self.pump()
            late = time.monotonic() >= until
            self._wait(select.POLLIN, until)
            raw = self._raw_receive()
            if raw is not None and not self._tls:
                return raw

    def send(self, data: bytes, until: float) -> None:
        """Hands everything over, keeping what the server says meanwhile. Raises `NoReply` or `ClosedByServer`."""
        self.put(data)
        while not self.pump():
            reading = 0 if self._ended or len(self._unread) >= _MAX_UNREAD else select.POLLIN
            events = self._wait(select.POLLOUT | reading, until)
            if reading and events & (select.POLLIN | select.POLLHUP):
                self._keep(self._raw_receive())

    def put(self, data: bytes) -> int:
        """Queues data for `pump`. Returns the place of its end, for `handed`. Raises `ClosedByServer`."""
        if self._tls is None:
            return self._append(data)
        view = memoryview(data)
        while view:
            try:
                view = view[self._tls.write(view) :]  # a record at a time
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                raise ClosedByServer from None
        return self._append(self._outgoing.read())

    def pump(self) -> bool:
        """Hands over what the socket takes now. False while something is left. Raises `ClosedByServer`."""
        if self._outgoing.pending:
            self._append(self._outgoing.read())
        while self._queue:
            try:
                sent = self._socket.send(self._queue)
            except BlockingIOError:
                return False
            except OSError as error:
                raise ClosedByServer from error
            self._owes_acknowledgement = False
            del self._queue[:sent]
        return True

    def handed(self, place: int) -> bool:
        """Whether everything up to this place may have reached the server."""
        return self._put - len(self._queue) >= place

    @property
    def queued(self) -> int:
        """How many bytes of what was put the socket has not taken yet."""
        return len(self._queue)

    def pull(self, *, look: bool = True) -> bytes | None:
        """What has come, without waiting: None when nothing has, b"" at the end. Asks the socket only to `look`."""
        if self._unread:
            data = bytes(self._unread)
            self._unread.clear()
            return data
        if data := self._decrypted():
            return data
        if self._ended:
            return b""
        raw = self._raw_receive() if look else None
        if raw is None:
            self._acknowledge()
        if self._tls is None or raw is None:
            return raw
        data = self._decrypted()
        return data if data or self._ended else None

    def fileno(self) -> int:
        return self._socket.fileno()

    def readable(self, seconds: float = 0.0) -> bool:
        """Whether something has come, or comes within the time: bytes, or the end."""
        return bool(self._unread) or self._ended or bool(self._poll(select.POLLIN, seconds))

    def start_tls(self, context: ssl.SSLContext, name: str | None, until: float) -> None:
        """Raises ssl.SSLError, `AnswersInClear` or `HandshakeBroken`."""
        self._encrypted = True
        tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        first = bytearray()
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush_quietly(until)
            except ssl.SSLError:
                # The alert tells the server's log why.
                self._flush_quietly(until)
                raise
            self._await_handshake(first, until)
        self._tls = tls
        self._flush_quietly(until)

    def _await_handshake(self, first: bytearray, until: float) -> None:
        try:
            self._wait(select.POLLIN, until)
        except NoReply:
            _judge(first, whole=True)
            raise HandshakeBroken("timeout", answered=bool(first)) from None
        raw = self._raw_receive()
        if raw == b"":
            _judge(first, whole=True)
            raise HandshakeBroken("closed", answered=bool(first))
        if raw and len(first) < 64:
            first += raw[:64]
            _judge(first, whole=False)

    def close(self) -> None:
        self._socket.close()

    def _append(self, raw: bytes) -> int:
        self._queue += raw
        self._put += len(raw)
        return self._put

    def _decrypted(self) -> bytes:
        if self._tls is None:
            return b""
        try:
            data = self._tls.read(65536)
        except ssl.SSLWantReadError:
            return b""
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            data = b""
        # Without an error, nothing is the other side's orderly goodbye.
        self._ended = not data
        return data

    def _flush(self, until: float) -> None:
        while pending := self._outgoing.read(65536):
            self._raw_send(memoryview(pending), until)

    def _flush_quietly(self, until: float) -> None:
        """In a handshake, what the server has said counts for more than that it no longer listens."""
        try:
            self._flush(until)
        except (ClosedByServer, NoReply):
            return

    def _raw_send(self, data: memoryview, until: float) -> None:
        """For a handshake: the first bytes of the answer are judged as they are taken, and so are left alone here."""
        while data:
            if not self._wait(select.POLLOUT, until) & (select.POLLOUT | select.POLLERR | select.POLLHUP):
                continue
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                continue
            except OSError as error:
                raise ClosedByServer from error
            data = data[sent:]

    def _keep(self, raw: bytes | None) -> None:
        if self._tls is None:
            self._unread += raw or b""
            return
        while data := self._decrypted():
            self._unread += data

    def _raw_receive(self) -> bytes | None:
        """What the socket holds: None when nothing after all, b"" at its end. Under TLS, it is put in the buffer."""
        try:
            raw = self._socket.recv(65536)
        except BlockingIOError:
            return None
        except OSError:
            raw = b""
        self._owes_acknowledgement = True
        if not self._encrypted:
            self._ended = not raw
        elif raw:
            self._incoming.write(raw)
        else:
            self._incoming.write_eof()
        return raw

    def _acknowledge(self) -> None:
        """A server that writes replies one by one under Nagle's algorithm waits for this, and the system for 40 ms."""
        if self._owes_acknowledgement and _QUICKACK is not None:
            self._owes_acknowledgement = False
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    def _wait(self, events: int, until: float) -> int:
        self._acknowledge()
        ready = self._poll(events, max(0.0, until - time.monotonic()))
        if not ready:
            raise NoReply
        return ready

    def _poll(self, events: int, seconds: float) -> int:
        poll = select.poll()
        poll.register(self._socket, events)
        # No longer than a day at a time: poll takes its milliseconds as a C int.
        found = poll.poll(min(seconds, 86400.0) * 1000)
        return found[0][1] if found else 0


def _judge(first: bytearray, *, whole: bool) -> None:
    """Raises `AnswersInClear` unless a handshake's answer begins as TLS does, once enough has come to tell."""
    start = bytes(first)
    if is_tls(start) or len(start) < (2 if whole else 4):
        return
    if looks_like_reply(start):
        raise AnswersInClear("SMTP", refuses=start[:1] in b"45")
    raise AnswersInClear(recognise(start))
