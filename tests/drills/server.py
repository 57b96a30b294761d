"""The mail server of a drill: counts what it accepts, and has moods. A message counts from the moment of its 250."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.drills.ledger import Connection, Ledger
from tests.servers.aiosmtp import loopback_listener

EHLO = b"250-mail.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"
LONGEST = 1_000_000  # bytes of a message


class Mood(enum.Enum):
    GOOD = "in good order"
    CLOSES_BEFORE_REPLY = "closes the connection after each tenth message, before its reply"
    CLOSES_MID_MESSAGE = "closes the connection in the middle of each tenth message"
    REFUSES_EVERY_THIRD = "refuses every third recipient for good"
    GREYLISTS = "greylists recipients that it does not know"
    TEN_A_CONNECTION = "says 421 after ten messages of a connection"
    HANGS = "says nothing any more, and closes what hung when it comes back"


class MailServer:
    def __init__(self, seed: int) -> None:
        self.ledger = Ledger()
        self.mood = Mood.GOOD
        self.port = 0
        self._chance = random.Random(seed)
        self._known: set[str] = set()
        self._asked = 0

    def change(self, mood: Mood) -> None:
        self.mood = mood

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = self.ledger.open()
        try:
            await self._converse(connection, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            connection.ended = asyncio.get_running_loop().time()
            writer.close()

    async def _converse(
        self, connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"220 mail.test ESMTP\r\n")
        recipient = ""
        while (line := await reader.readline()) and not await self._hung():
            verb = line[:4].upper()
            if verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                refusal = self._refusal(address)
                recipient = recipient if refusal else address
                writer.write(refusal or b"250 2.1.5 Ok\r\n")
            elif verb == b"DATA" and recipient:
                if not await self._take(connection, recipient, reader, writer):
                    return
                recipient = ""
            else:
                reply = self._reply(verb, connection)
                writer.write(reply)
                if reply.startswith((b"221", b"421")):
                    await writer.drain()
                    return

    def _reply(self, verb: bytes, connection: Connection) -> bytes:
        if verb == b"QUIT":
            connection.goodbye = True
            return b"221 2.0.0 Bye\r\n"
        if verb == b"MAIL" and self.mood is Mood.TEN_A_CONNECTION and len(connection.taken) >= 10:
            return b"421 4.7.0 Too many messages over this connection\r\n"
        if verb == b"DATA":
            return b"554 5.5.1 No valid recipients\r\n"
        return EHLO if verb == b"EHLO" else b"250 2.0.0 Ok\r\n"

    async def _take(
        self, connection: Connection, recipient: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection goes on after this message."""
        unlucky = self._chance.random() < 0.1
        writer.write(b"354 End data with <CR><LF>.<CR><LF>\r\n")
        if self.mood is Mood.CLOSES_MID_MESSAGE and unlucky:
            await reader.readexactly(200)
            return False
        content = await reader.readuntil(b"\r\n.\r\n")
        if await self._hung():
            return False
        if self.mood is Mood.CLOSES_BEFORE_REPLY and unlucky:
            if self._chance.random() < 0.5:  # nobody at the other end can know which
                self.ledger.accept(connection, recipient, content)
            return False
        self.ledger.accept(connection, recipient, content)
        writer.write(b"250 2.0.0 Ok: queued as %d\r\n" % len(self.ledger.accepted))
        await writer.drain()
        return True

    def _refusal(self, address: str) -> bytes:
        self._asked += 1
        if self.mood is Mood.REFUSES_EVERY_THIRD and self._asked % 3 == 0:
            self.ledger.refused_for_good.add(address)
            return b"550 5.1.1 <%s>: Recipient address rejected: User unknown\r\n" % address.encode()
        if self.mood is Mood.GREYLISTS and address not in self._known:
            self._known.add(address)
            return b"450 4.2.0 <%s>: Recipient address rejected: Greylisted\r\n" % address.encode()
        return b""

    async def _hung(self) -> bool:
        """True when it hung, and wakes up having forgotten this connection."""
        if self.mood is not Mood.HANGS:
            return False
        while self.mood is Mood.HANGS:
            await asyncio.sleep(0.05)
        return True


@contextmanager
def serving(server: MailServer) -> Iterator[MailServer]:
    """Serve on a loopback port, in a thread, until the block ends."""
    listener = loopback_listener()
    server.port = listener.getsockname()[1]
    loop = asyncio.new_event_loop()
    stopped = asyncio.Event()

    async def run() -> None:
        running = await asyncio.start_server(server.serve, sock=listener, limit=LONGEST)
        await stopped.wait()
        running.close()
        for task in asyncio.all_tasks(loop) - {asyncio.current_task()}:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), name="mail server", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(5)
