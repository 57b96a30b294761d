"""`manage.py configure_smtp`: the SMTP Settings page for scripts, with the same rules and messages.

What is not named stays. Exit status: 0 saved (or shown), 1 refused (each error with its field on standard error), 2 bad
usage.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from settings_app import as_code
from settings_app.forms import SMTPSettingsForm
from settings_app.hints import hints_of
from settings_app.models import SMTPSettings, TLSMode, default_port
from settings_app.providers import provider_of

OPTIONS = tuple(name for name in SMTPSettings.FIELDS if name != "ca_certificate")


class Command(BaseCommand):
    help = "Configures the mail server; what is not named stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        switch = argparse.BooleanOptionalAction
        parser.add_argument("--server-address", metavar="H", help="host name or IP address of the mail server")
        parser.add_argument("--port", metavar="N", help="1 to 65535; empty for the default of the TLS switch")
        parser.add_argument("--tls", dest="use_tls", action=switch, default=None, help="encrypt the connection")
        parser.add_argument("--tls-mode", choices=TLSMode.values, help="how TLS begins")
        parser.add_argument("--authentication", action=switch, default=None, help="sign in to the server")
        parser.add_argument("--username", metavar="U", help="the name to sign in with")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password's line from standard input"
        )
        parser.add_argument(
            "--provider-secret", action=switch, default=None, help="the password was issued by the provider"
        )
        parser.add_argument("--from-name", metavar="N", help="the sender's name")
        parser.add_argument("--from-email", metavar="A", help="the sender's address")
        parser.add_argument("--ca-file", metavar="F", help="PEM file of a private authority; empty to remove it")
        parser.add_argument("--ehlo-name", metavar="N", help="the name this machine gives to the server")
        parser.add_argument("--timeout", metavar="S", help="seconds for each step of the dialogue")
        parser.add_argument("--connections", metavar="N", help="how many at a time, for each delivery worker")
        parser.add_argument("--messages-per-minute", metavar="N", help="for all workers together; 0 for no limit")
        parser.add_argument("--show", action="store_true", help="print the settings and change nothing")
        parser.add_argument("--json", action="store_true", help="print the settings as JSON")

    changed = False

    def handle(self, **options: Any) -> None:
        named = options["password_stdin"] or any(options[name] is not None for name in (*OPTIONS, "ca_file"))
        if not (named or options["show"] or options["json"]):
            raise CommandError("Nothing to do: name what is to change, or --show.", returncode=2)
        if named and not options["show"] and not self._save(options):
            return
        outcome = {"changed": self.changed} if named and not options["show"] else {}
        self._print(SMTPSettings.load(), outcome, as_json=options["json"])

    def _save(self, options: dict[str, Any]) -> bool:
        """Store what was named; True when the settings are to be printed afterwards."""
        if as_code.managed():
            raise CommandError(f"Not saved. {as_code.reason()}", returncode=1)
        password = read_password() if options["password_stdin"] else ""
        ca_certificate = read_certificate(options["ca_file"]) if options["ca_file"] is not None else None
        with transaction.atomic():
            stored = SMTPSettings.load(lock=True)
            named = {name: options[name] for name in OPTIONS if options[name] is not None}
            if ca_certificate is not None:
                named["ca_certificate"] = ca_certificate
            data = form_data(stored, named) | {"password": password, "confirm_password": password}
            form, self.changed = as_code.store(data, stored)
            if form.errors:
                self._refuse(form)
            saved = form.instance
        for warning in saved.warnings:
            self.stderr.write(self.style.WARNING(f"Warning: {warning}"))
        for hint in hints_of(saved, password):
            self.stderr.write(self.style.WARNING(f"Please check {hint}"))
        if not options["json"]:
            self.stdout.write(
                "SMTP settings saved." if self.changed else "Nothing to change: they are like that already."
            )
        return bool(options["json"])

    def _refuse(self, form: SMTPSettingsForm) -> None:
        entered = form.entered()
        provider = provider_of(entered.server_address, entered.username)
        if provider and {"username", "password"} & form.errors.keys():
            self.stderr.write(provider.sign_in)
        lines = [f"{form.fields[name].label}: {error}" for name in form.fields for error in form.errors.get(name, [])]
        raise CommandError("\n".join(lines), returncode=1)

    def _print(self, saved: SMTPSettings, outcome: dict[str, bool], *, as_json: bool) -> None:
        values: dict[str, Any] = {name: getattr(saved, name) for name in SMTPSettings.FIELDS}
        values |= {"password_stored": saved.password_stored, "configured": saved.configured, "version": saved.version}
        if as_json:
            self.stdout.write(json.dumps(values | outcome, indent=2, ensure_ascii=False))
            return
        form = SMTPSettingsForm(instance=saved)
        for name in SMTPSettings.FIELDS:
            value = {True: "on", False: "off", "": "-"}.get(values[name], values[name])
            self.stdout.write(f"{form.fields[name].label}: {value}")
        self.stdout.write(f"Password: {'stored' if saved.password_stored else '-'}")


def form_data(stored: SMTPSettings, named: dict[str, Any]) -> dict[str, Any]:
    """What the page would send: the stored values under the named ones, switches as check boxes.

    The port follows TLS as it does on the page: only while it holds the other default, and is not named itself.
    """
    data = {name: getattr(stored, name) for name in SMTPSettings.FIELDS} | named
    if "use_tls" in named and "port" not in named and stored.port == default_port(not named["use_tls"]):
        data["port"] = ""
    return {name: "on" if value is True else value for name, value in data.items() if value is not False}


def read_password() -> str:
    """The first line of standard input, without its line end; nothing else is taken away."""
    return sys.stdin.readline().removesuffix("\n").removesuffix("\r")


def read_certificate(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text()
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text file"
        raise CommandError(f"CA Certificate: the file {path!r} cannot be read: {reason}.", returncode=1) from None
