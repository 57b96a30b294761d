"""`manage.py send_test_email ADDRESS`: a test e-mail with the saved settings, by a worker or in this process.

Exit status: 0 delivered, 1 not delivered, 2 could not be tried (settings, no worker) or bad arguments, 130 interrupted.
"""

import argparse
import json
import os
import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style

from notifications import delivery_test
from notifications.management.stage_list import StageList, wrapped
from notifications.models import DeliveryTest
from notifications.smtp import Stage, StageResult, TLSMode, stages_of
from notifications.stored_report import circumstances, public_form, stage_as_json
from settings_app.models import SMTPSettings
from settings_app.validators import validate_address

NOT_TRIED = ("settings.", "worker.")


class NotDelivered(CommandError):
    """Its name is what the console shows before the sentence."""


def address(value: str) -> str:
    try:
        validate_address(value)
    except ValidationError as error:
        raise argparse.ArgumentTypeError(" ".join(error.messages)) from None
    return value


class Command(BaseCommand):
    help = "Sends a test e-mail with the saved settings and says where it fails, why, and what to do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", type=address, help="where the test goes")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--direct", action="store_true", help="in this process, without a worker")

    def handle(self, *, address: str, direct: bool, **options: Any) -> None:
        if os.environ.get("NO_COLOR"):
            self.style = no_style()
        saved = SMTPSettings.load()
        order = [str(stage) for stage in stages_of(TLSMode(saved.effective_tls_mode))]
        live = self.stdout.isatty() and not options["json"]
        self.list = StageList(self.stdout, self.style, order, live=live, silent=options["json"])
        try:
            report, ran = self._direct(saved, address) if direct else self._by_worker(saved, address)
        except KeyboardInterrupt:
            if live:
                self.stdout.write("")  # behind the ^C that the terminal shows
            goes_on = "" if direct else " The worker goes on with the test; the settings page lists its result."
            raise NotDelivered(self._sentences(f"Interrupted.{goes_on}"), returncode=130) from None
        self.list.finish(report["stages"])
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2, ensure_ascii=False))
        else:
            self._print_result(report, ran)
        if not report["delivered"]:
            status = 2 if report["cause"].startswith(NOT_TRIED) else 1
            raise NotDelivered(self._sentences(report["explanation"], report["remedy"]), returncode=status)

    def _sentences(self, *told: str) -> str:
        if not self.stderr.isatty():
            return "\n".join(told)
        # The exception's name comes before the first of them.
        name = f"{NotDelivered.__name__}: "
        return "\n".join(map(wrapped, (name + told[0], *told[1:]))).removeprefix(name)

    def _direct(self, saved: SMTPSettings, recipient: str) -> tuple[dict[str, Any], dict[str, Any]]:
        report = delivery_test.probe_settings(saved, recipient, observer=self)
        return report.as_json(), circumstances(report)

    def _by_worker(self, saved: SMTPSettings, recipient: str) -> tuple[dict[str, Any], dict[str, Any]]:
        test = delivery_test.start(saved, recipient)
        ended = delivery_test.wait(test, pause=lambda: time.sleep(0.1), on_change=self._show)
        if ended.report is None:
            raise CommandError("The worker failed with a defect of its own; its log has the traceback.", returncode=2)
        return public_form(ended.report), ended.report.get("ran", {})

    # The stages as they come

    def stage_started(self, stage: Stage) -> None:
        self.list.show({"name": str(stage), "status": "running", "elapsed_ms": None, "detail": ""})

    def stage_ended(self, result: StageResult) -> None:
        self.list.show(stage_as_json(result))

    def _show(self, test: DeliveryTest) -> None:
        for stage in test.stages:
            self.list.show(stage)

    def _print_result(self, report: dict[str, Any], ran: dict[str, Any]) -> None:
        if ran:
            self._print_circumstances(ran)
        if report["delivered"]:
            queue_id = f" as {report['queue_id']}" if report["queue_id"] else ""
            self.stdout.write(self.style.SUCCESS(f"Delivered: the server has taken the message{queue_id}."))
        else:
            self.stdout.write(self.style.ERROR(f"Not delivered: {report['cause']}"))

    def _print_circumstances(self, ran: dict[str, Any]) -> None:
        """The same lines with and without --direct, so that the two can be laid side by side."""
        version = f"version {ran['settings_version']}" if ran["settings_version"] else "none saved"
        network = f"{ran['left_from']} to {ran['reached']}" if ran["reached"] else "no connection"
        self.stdout.write(f"\nRun by    {ran['by']}\nSettings  {version}")
        self.stdout.write(f"Resolved  {ran['resolved'] or '-'}\nNetwork   {network}")
