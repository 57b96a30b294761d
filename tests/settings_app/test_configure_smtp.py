import contextlib
import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from settings_app.models import SMTPSettings
from tests.settings_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def configure(*arguments: str, stdin: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    out = io.StringIO()
    if monkeypatch:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    call_command("configure_smtp", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_command_configures_what_the_page_would(monkeypatch: pytest.MonkeyPatch, ca_pem: str, tmp_path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text(ca_pem)
    said = configure(
        "--server-address=mail.corp.example", "--port=465", "--tls", "--tls-mode=implicit", "--authentication",
        "--username=portal", "--password-stdin", "--from-name=NOC", "--from-email=noc@corp.example",
        f"--ca-file={authority}", "--ehlo-name=portal.corp.example", "--timeout=9",
        stdin=f"{PASSWORD}\n", monkeypatch=monkeypatch,
    )  # fmt: skip
    assert said == "SMTP settings saved.\n"
    stored = SMTPSettings.load()
    assert stored.get_password() == PASSWORD
    assert (stored.effective_tls_mode, stored.port, stored.timeout) == ("implicit", 465, 9)
    assert stored.ca_certificate.strip() == ca_pem.strip()


def test_command_leaves_what_is_not_named(saved: SMTPSettings) -> None:
    configure("--from-name=New")
    stored = SMTPSettings.load()
    assert (stored.from_name, stored.server_address, stored.get_password()) == ("New", "mail.corp.example", PASSWORD)


def test_command_refuses_with_the_sentences_of_the_page(saved: SMTPSettings) -> None:
    with pytest.raises(CommandError) as caught:
        configure("--server-address=smtp://x", "--port=0")
    assert caught.value.returncode == 1
    assert str(caught.value).splitlines() == [
        "Server Address: Enter the name alone, without “smtp://”; put the port in Port Number.",
        "Port Number: 0 is not a port: ports are from 1 to 65535.",
    ]
    assert SMTPSettings.load().version == 1


def test_command_asks_for_the_password_again_when_the_destination_changes(saved: SMTPSettings) -> None:
    with pytest.raises(CommandError, match=r"^Password: The stored password was entered for another"):
        configure("--server-address=other.example")


def test_command_lets_the_port_follow_tls_as_the_page_does(
    saved: SMTPSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("--no-tls", "--password-stdin", stdin=PASSWORD, monkeypatch=monkeypatch)
    assert SMTPSettings.load().port == 25
    configure("--tls", "--port=2525", "--password-stdin", stdin=PASSWORD, monkeypatch=monkeypatch)
    assert SMTPSettings.load().port == 2525
    configure("--no-tls", "--password-stdin", stdin=PASSWORD, monkeypatch=monkeypatch)
    assert SMTPSettings.load().port == 2525


def test_command_switches_authentication_off(saved: SMTPSettings) -> None:
    configure("--no-authentication", "--from-name=NOC")
    assert (SMTPSettings.load().authentication, SMTPSettings.load().password_stored) == (False, False)


def test_command_shows_the_settings_without_the_secret(saved: SMTPSettings) -> None:
    shown = json.loads(configure("--show", "--json"))
    assert shown == {
        "server_address": "mail.corp.example",
        "use_tls": True,
        "port": 587,
        "authentication": True,
        "username": "portal@corp.example",
        "provider_secret": False,
        "from_name": "",
        "from_email": "noc@corp.example",
        "tls_mode": "auto",
        "ca_certificate": "",
        "ehlo_name": "",
        "timeout": 30,
        "connections": 5,
        "messages_per_minute": 0,
        "password_stored": True,
        "configured": True,
        "version": 1,
    }
    text = configure("--show")
    assert "Server Address: mail.corp.example\n" in text
    assert "Password: stored\n" in text
    assert PASSWORD not in text


def test_command_without_anything_to_do_is_bad_usage() -> None:
    with pytest.raises(CommandError) as caught:
        configure()
    assert caught.value.returncode == 2


def test_command_names_a_certificate_file_that_it_cannot_read(tmp_path) -> None:
    with pytest.raises(CommandError, match="CA Certificate: the file .* cannot be read: No such file"):
        configure(f"--ca-file={tmp_path / 'none.pem'}")


def test_command_exits_with_the_promised_statuses(tmp_path) -> None:
    """Through the shell: 2 for a bad option, 1 for a refused value, each on standard error alone."""
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)

    assert run("migrate", "--verbosity=0").returncode == 0
    bad = run("configure_smtp", "--tls-mode=ssl3")
    assert (bad.returncode, bad.stdout) == (2, "")
    refused = run("configure_smtp", "--server-address=a b")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Server Address: The address contains a space." in refused.stderr
    assert "Traceback" not in refused.stderr
    saved = run(
        "configure_smtp", "--server-address=h", "--no-authentication", "--from-name=N", "--from-email=n@corp.example"
    )
    assert (saved.returncode, saved.stdout) == (0, "SMTP settings saved.\n")


def told(*arguments: str) -> str:
    err = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("configure_smtp", *arguments, stdout=io.StringIO(), stderr=err, no_color=True)
    return err.getvalue()


def test_command_says_what_looks_wrong_and_saves_it_all_the_same(saved: SMTPSettings) -> None:
    said = told("--no-authentication", "--from-name", "NOC", "--from-email", "noc@corp.example", "--port", "993")
    assert said.startswith("Please check Port Number: Port 993 is for reading mail (IMAP). Sending is on 587")
    assert SMTPSettings.load().port == 993


def test_command_names_a_space_behind_the_password_without_quoting_it(
    saved: SMTPSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Quite-good-7 \n"))
    said = told("--password-stdin")
    assert "Please check Password: The password begins or ends with a space" in said
    assert "Quite" not in said


def test_command_says_what_the_provider_wants_when_the_password_is_refused(saved: SMTPSettings) -> None:
    said = told("--server-address", "smtp.gmail.com", "--port", "587")
    assert said.startswith("Gmail wants the whole e-mail address in User Name")
    assert "myaccount.google.com/apppasswords" in said
