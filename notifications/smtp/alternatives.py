"""Which other ways lead to a server: another TLS mode, another port. No credentials, no message, one second at most.

What was learned is no proof of who is there, and nothing secret may follow from it. What to make of it is left to
`notifications.proposals`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from notifications.smtp.clock import Clock
from notifications.smtp.dialogue import Dialogue
from notifications.smtp.failure import Fault, NoReply
from notifications.smtp.hello import hello_name
from notifications.smtp.look import connected
from notifications.smtp.protocol import Extensions
from notifications.smtp.tls import unverified_context
from notifications.smtp.transcript import Transcript
from notifications.smtp.values import Reply, Server, TLSMode

# In the order in which they are proposed: the ports for submission before the ones for relaying.
USUAL_PORTS: Mapping[int, TLSMode] = {
    465: TLSMode.IMPLICIT,
    587: TLSMode.STARTTLS,
    2525: TLSMode.STARTTLS,
    25: TLSMode.STARTTLS,
}
SECONDS = 1.0
# A name may have many addresses, and each costs a connection for every way.
_MAX_ADDRESSES = 2


@dataclass(frozen=True, slots=True)
class Way:
    port: int
    tls_mode: TLSMode


@dataclass(frozen=True, slots=True)
class Seen:
    """`ways` on which SMTP answered as it should; `late`: ports that took the connection and had not greeted yet."""

    ways: tuple[Way, ...] = ()
    late: tuple[int, ...] = ()


def ways_to(
    server: Server, addresses: Iterable[str], seconds: float = SECONDS, usual: Mapping[int, TLSMode] = USUAL_PORTS
) -> Seen:
    """What is seen of the ways besides the server's own, tried all at once.

    Each is at least as private as what was asked for: without TLS only where TLS is off already.
    """
    ways = [way for way in _candidates(server, usual) if not server.rules.against_port(way.port)]
    places = [ip for ip in dict.fromkeys(addresses) if not server.rules.against_address(ip)][:_MAX_ADDRESSES]
    until = time.monotonic() + min(seconds, SECONDS)
    found: dict[Way, Way] = {}
    late: set[int] = set()

    def look(ip: str, way: Way) -> None:
        try:
            # A tenth is kept back, so that what is late is known before nobody waits for it any more.
            mode = _mode_spoken(ip, way, server, (until - time.monotonic()) * 0.9)
        except NoReply:
            late.add(way.port)
        else:
            if mode is not None:
                found[way] = Way(way.port, mode)

    # Daemons: one that does not come back in time is left to its own deadline, and nobody waits for it.
    threads = [threading.Thread(target=look, args=(ip, way), daemon=True) for way in ways for ip in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    seen = tuple(dict.fromkeys(found[way] for way in ways if way in found))
    # What the port of the settings did is told already.
    return Seen(seen, tuple(sorted(late - {way.port for way in seen} - {server.port})))


def _candidates(server: Server, usual: Mapping[int, TLSMode]) -> list[Way]:
    # In clear and STARTTLS begin alike: on the same port, what fails the one way fails the other.
    implicit = server.tls_mode is TLSMode.IMPLICIT
    other = Way(server.port, TLSMode.STARTTLS if implicit else TLSMode.IMPLICIT)
    elsewhere = (Way(port, mode) for port, mode in usual.items() if port != server.port)
    return [other, *elsewhere]


def _mode_spoken(ip: str, way: Way, server: Server, seconds: float) -> TLSMode | None:
    """The TLS mode in which mail can be sent there, or None. Raises `NoReply` where the banner has not come yet."""
    if seconds <= 0:
        return None
    clock = Clock(seconds)
    until = clock.until(seconds)
    try:
        with contextlib.closing(connected(ip, way.port, clock)) as stream:
            if way.tls_mode is TLSMode.IMPLICIT:
                stream.start_tls(unverified_context(), None, until)
            dialogue = Dialogue(stream, Transcript())
            banner = dialogue.accepted(_banner(dialogue, until))
            name = hello_name(server.ehlo_name, stream.local_ip)
            offered = Extensions.of(dialogue.expect(f"EHLO {name}", until))
            mode = way.tls_mode
            if mode is TLSMode.STARTTLS and "STARTTLS" not in offered:
                mode = TLSMode.NONE
            elif mode is TLSMode.STARTTLS:
                dialogue.expect("STARTTLS", until)
                stream.start_tls(unverified_context(), None, until)
            dialogue.send(b"QUIT\r\n", until)
    except _Late:
        raise NoReply from None
    except (Fault, OSError):
        return None
    permitted = banner.code == 220 and (mode is not TLSMode.NONE or server.tls_mode is TLSMode.NONE)
    return mode if permitted else None


class _Late(Exception):
    """Some servers wait some seconds with their banner, to tell spam programs from the patient."""


def _banner(dialogue: Dialogue, until: float) -> Reply:
    try:
        return dialogue.read(until)
    except NoReply:
        raise _Late from None
