"""A test e-mail against small servers, and against what is no mail server: what a person is told."""

import shutil
from pathlib import Path

import pytest

from notifications.smtp import Server, TLSMode
from tests.notifications.faults.case import Case, check
from tests.notifications.faults.others import COMMANDS, SINK
from tests.servers.certificates import write_certificate
from tests.servers.commands import command_server, smtp_sink
from tests.servers.need import need


def check_at(port: int, case: Case) -> None:
    values = {"tls_mode": TLSMode.NONE, "timeout": 5.0, "ehlo_name": "client.example"} | case.settings
    check(case, Server("localhost", port, **values))


@pytest.mark.parametrize("case", SINK, ids=str)
def test_smtp_sink(case: Case) -> None:
    need(shutil.which("smtp-sink"), "smtp-sink")
    with smtp_sink(*case.setup) as port:
        check_at(port, case)


@pytest.mark.parametrize("case", COMMANDS, ids=str)
def test_command(case: Case, tmp_path: Path) -> None:
    need(shutil.which(case.setup[0]), case.setup[0])
    chain, key = write_certificate(tmp_path)
    with command_server(*(word.replace("CHAIN", str(chain)).replace("KEY", str(key)) for word in case.setup)) as port:
        check_at(port, case)
