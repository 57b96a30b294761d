"""What names and networks can do to a connection. `setup`: the name server, where it is not the one in good order.

Run as a program, inside a network of its own, it tries every row and prints what it found.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from notifications.smtp import Server, TLSMode
from tests.notifications.faults.case import DELIVERED, Case, found, told, tried
from tests.servers.aiosmtp import mail_server
from tests.servers.certificates import AUTHORITY_PEM, server_context

ZONE = (
    "host-record=mail.test,127.0.0.1",
    "host-record=mailhost,127.0.0.1",
    "host-record=both.test,127.0.0.1,::1",
    "host-record=six.test,::1",
    "host-record=six-lost.test,127.0.0.1,2001:db8:2::1",
    "host-record=six-silent.test,127.0.0.1,2001:db8:1::9",
    "host-record=half-closed.test,127.0.0.1,::1",
    "host-record=silent.test,192.0.2.99",
    "host-record=silent-twice.test,192.0.2.99,2001:db8:1::99",
    "host-record=lost.test,203.0.113.5",
    "host-record=unreachable.test,198.51.100.5",
    "host-record=prohibited.test,100.64.0.5",
    "host-record=nowhere.test,0.0.0.0",
    "host-record=metadata.test,169.254.169.254",
    "host-record=xn--bcher-kva.test,127.0.0.1",
    "host-record=one.wild.test,127.0.0.1",
    "host-record=one.two.wild.test,127.0.0.1",
    "cname=alias.test,mail.test",
    "mx-host=mail-only.test,mail.test",
    "txt-record=text-only.test,hello",
    # Nobody answers there: what is asked of it fails.
    "server=/broken.test/127.0.0.1#1",
    "server=/slow.test/192.0.2.53",
)
NAMES = ("mail.test", "xn--bcher-kva.test", "*.wild.test", "127.0.0.1", "::1")
SILENT = "nameserver 192.0.2.53"
CLOSED = "nameserver 127.0.0.9"


def to(address: str, port: int = 2500, **more: Any) -> dict[str, Any]:
    return {"address": address, "port": port} | more


# Ports inside: 2500 speaks SMTP on 127.0.0.1, 2600 on ::1, 4650 with implicit TLS on 127.0.0.1.
CASES = (
    Case("good order", "", to("mail.test"), DELIVERED),
    Case("an alias", "", to("alias.test"), DELIVERED),
    Case("a name in capitals", "", to("MAIL.Test"), DELIVERED),
    Case("a name with its final dot", "", to("mail.test."), DELIVERED),
    Case("a name of one word", "", to("mailhost"), DELIVERED),
    Case(
        "a name that a search list completes", "nameserver 127.0.0.1\nsearch corp.invalid test", to("mail"), DELIVERED,
    ),
    Case("a name beyond ASCII", "", to("bücher.test"), DELIVERED),
    Case("IPv6 alone", "", to("six.test", 2600), DELIVERED),
    Case("an IPv6 address", "", to("::1", 2600), DELIVERED),
    Case("an IPv6 address in brackets", "", to("[::1]", 2600), DELIVERED),
    Case("both families, IPv4 answers", "", to("both.test"), DELIVERED),
    Case("both families, IPv6 answers", "", to("both.test", 2600), DELIVERED),
    Case("IPv6 has no route", "", to("six-lost.test"), DELIVERED),
    Case("IPv6 swallows everything", "", to("six-silent.test"), DELIVERED),
    Case("the first name server is silent", f"{SILENT}\nnameserver 127.0.0.1", to("mail.test"), DELIVERED),
    Case("the first name server is closed", f"{CLOSED}\nnameserver 127.0.0.1", to("mail.test"), DELIVERED),
    Case("implicit TLS", "", to("mail.test", 4650, tls_mode=TLSMode.IMPLICIT), DELIVERED),
    Case("TLS, a name beyond ASCII", "", to("bücher.test", 4650, tls_mode=TLSMode.IMPLICIT), DELIVERED),
    Case("TLS, a name with its final dot", "", to("mail.test.", 4650, tls_mode=TLSMode.IMPLICIT), DELIVERED),
    Case("TLS, a wildcard", "", to("one.wild.test", 4650, tls_mode=TLSMode.IMPLICIT), DELIVERED),
    Case(
        "TLS, a wildcard is for one level", "", to("one.two.wild.test", 4650, tls_mode=TLSMode.IMPLICIT),
        "tls.name_mismatch at tls", ("*.wild.test",),
    ),
    Case(
        "TLS, an alias is not the name", "", to("alias.test", 4650, tls_mode=TLSMode.IMPLICIT),
        "tls.name_mismatch at tls", ("alias.test", "mail.test"),
    ),
    Case("no such name", "", to("nobody.test"), "resolve.not_found at resolve", ("nobody.test", "typing error")),
    Case(
        "no such name of one word", "", to("exchange"), "resolve.not_found at resolve",
        ("exchange", "may need its domain"),
    ),
    Case("a label that is too long", "", to("a" * 70 + ".test"), "resolve.not_found at resolve"),
    Case("an empty label", "", to("mail..test"), "resolve.not_found at resolve"),
    Case("an e-mail address", "", to("noc@mail.test"), "resolve.not_found at resolve"),
    Case(
        "a name for e-mail alone", "", to("mail-only.test"), "resolve.no_address at resolve", ("smtp.mail-only.test",),
    ),
    Case("a name for text alone", "", to("text-only.test"), "resolve.no_address at resolve", ("text-only.test",)),
    Case("a domain without a host", "", to("wild.test"), "resolve.no_address at resolve"),
    Case("a name server that cannot tell", "", to("mail.broken.test"), "resolve.unavailable at resolve", ("DNS",)),
    Case(
        "a name server that waits for another", "", to("mail.slow.test", timeout=1.5), "resolve.unavailable at resolve",
    ),
    Case(
        "a silent name server", SILENT, to("mail.test", timeout=1.5), "resolve.unavailable at resolve", ("mail.test",),
    ),
    Case("a closed name server", CLOSED, to("mail.test"), "resolve.unavailable at resolve"),
    Case("no name server", "nameserver 203.0.113.53", to("mail.test"), "resolve.unavailable at resolve"),
    Case("a closed port", "", to("mail.test", 2501), "connect.refused at connect", ("127.0.0.1: connection refused",)),
    Case("a closed port on both", "", to("half-closed.test", 2501), "connect.refused at connect", ("127.0.0.1", "::1")),
    Case("a closed port on this machine", "", to("localhost", 2501), "connect.refused at connect", ("container",)),
    Case(
        "packets that are dropped", "", to("silent.test", timeout=1.0), "connect.timeout at connect",
        ("192.0.2.99", "firewall"),
    ),
    Case(
        "packets that are dropped on both", "", to("silent-twice.test", timeout=1.0), "connect.timeout at connect",
        ("192.0.2.99", "2001:db8:1::99"),
    ),
    Case("no route", "", to("lost.test"), "connect.unreachable at connect", ("203.0.113.5: no route",)),
    Case("no route, by address", "", to("203.0.113.5"), "connect.unreachable at connect"),
    Case("no route for IPv6", "", to("2001:db8:2::1"), "connect.unreachable at connect"),
    Case("a network that is unreachable", "", to("unreachable.test"), "connect.unreachable at connect"),
    Case("a network that is prohibited", "", to("prohibited.test"), "connect.forbidden at connect", ("packet filter",)),
    Case("a name that leads nowhere", "", to("nowhere.test"), "connect.forbidden at connect", ("0.0.0.0",)),
    Case("a name that leads to the metadata service", "", to("metadata.test", 80), "connect.forbidden at connect"),
)  # fmt: skip


def main() -> None:
    resolvers = Path("/etc/resolv.conf")
    usual = resolvers.read_text()
    told_of: dict[str, tuple[str, str, float]] = {}
    with (
        mail_server(port=2500),
        mail_server(port=2600, address="::1"),
        mail_server(port=4650, implicit=server_context(*NAMES)),
    ):
        for case in CASES:
            resolvers.write_text(f"{case.setup}\noptions timeout:1 attempts:1\n" if case.setup else usual)
            values: dict[str, Any] = {
                "tls_mode": TLSMode.NONE,
                "ca_certificate": AUTHORITY_PEM,
                "timeout": 5.0,
                "ehlo_name": "client.example",
            }
            started = time.monotonic()
            report = tried(case, Server(**values | case.settings))
            told_of[case.name] = found(report), told(report), time.monotonic() - started
    print(json.dumps(told_of))  # noqa: T201 - for the process that started this one


if __name__ == "__main__":
    main()
