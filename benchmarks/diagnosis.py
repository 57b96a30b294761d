"""What a diagnosis costs: our probe of a good server, against smtplib sending the same message to it.

With a sign-in, and with TLS, as the settings are at first. In clear over the loopback, where smtplib needs a
millisecond and a half, what the probe adds (it keeps stages, times and the dialogue) is told for itself.
"""

from __future__ import annotations

import logging
import multiprocessing
import smtplib
import ssl
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from benchmarks.registry import Figure, benchmark
from notifications.probe import probe
from notifications.smtp import Server, TLSMode

ROUNDS = 150
SENDER, RECIPIENT, USER, PASSWORD = "from@mail.test", "to@mail.test", "user", "Secret-1234"
MESSAGE = b"From: from@mail.test\r\nTo: to@mail.test\r\nSubject: test\r\n\r\n" + b"A line of text.\r\n" * 100
GOAL = 1.1


@benchmark("diagnosis")
def diagnosis() -> Iterator[Figure]:
    for mode in (TLSMode.STARTTLS, TLSMode.IMPLICIT, TLSMode.NONE):
        with _server(mode) as (port, authority):
            ours, theirs = _interleaved(_probe(mode, port, authority), _smtplib(mode, port, authority))
        yield Figure(f"diagnosis, {mode}: smtplib's median", theirs * 1000, "ms")
        yield Figure(f"diagnosis, {mode}: what the probe adds to it", (ours - theirs) * 1000, "ms")
        goal = None if mode is TLSMode.NONE else GOAL
        yield Figure(f"diagnosis, {mode}: the probe's share of smtplib's", ours / theirs, "", goal)


def _interleaved(*candidates: Callable[[], None]) -> list[float]:
    """The median of each, taken in turns, so that whatever else the machine does falls on all alike."""
    times: list[list[float]] = [[] for _ in candidates]
    for number in range(ROUNDS + 5):
        for candidate, taken in zip(candidates, times, strict=True):
            started = time.perf_counter()
            candidate()
            if number >= 5:
                taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


def _probe(mode: TLSMode, port: int, authority: str) -> Callable[[], None]:
    server = Server(
        "localhost", port, mode, USER, PASSWORD, ca_certificate=authority, ehlo_name="client.example", timeout=5.0
    )

    def send() -> None:
        report = probe(server, SENDER, RECIPIENT, MESSAGE, message_id="<1@mail.test>")
        assert report.delivered, report.diagnosis

    return send


def _smtplib(mode: TLSMode, port: int, authority: str) -> Callable[[], None]:
    def context() -> ssl.SSLContext:
        made = ssl.create_default_context()
        made.load_verify_locations(cadata=authority)
        return made

    def send() -> None:
        # The name is given, as to the probe: without it, smtplib asks the name servers for one.
        if mode is TLSMode.IMPLICIT:
            client: smtplib.SMTP = smtplib.SMTP_SSL("localhost", port, "client.example", timeout=5, context=context())
        else:
            client = smtplib.SMTP("localhost", port, "client.example", timeout=5)
        with client:
            if mode is TLSMode.STARTTLS:
                client.starttls(context=context())
            client.login(USER, PASSWORD)
            client.sendmail(SENDER, [RECIPIENT], MESSAGE)

    return send


@contextmanager
def _server(mode: TLSMode) -> Iterator[tuple[int, str]]:
    """A good server in a process of its own: in ours, it would wait for the lock that the client holds."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(mode, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join(10)


def _serve(mode: TLSMode, parent: Connection) -> None:
    from tests.servers.aiosmtp import mail_server
    from tests.servers.certificates import AUTHORITY_PEM, server_context

    # aiosmtpd warns at each sign-in that a name of its own is deprecated.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    tls = {TLSMode.STARTTLS: {"starttls": server_context()}, TLSMode.IMPLICIT: {"implicit": server_context()}}
    with mail_server(users={USER: PASSWORD}, **tls.get(mode, {})) as server:
        parent.send((server.port, AUTHORITY_PEM))
        parent.recv()
