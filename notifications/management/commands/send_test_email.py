"""`manage.py send_test_email ADDRESS`: a test e-mail with the saved settings, by a worker or in this process.

Exit status: 0 delivered, 1 not delivered, 2 could not be tried (settings, no worker) or bad arguments.
"""

import argparse
import json
import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications import delivery_test
from notifications.models import DeliveryTest
from notifications.smtp import Stage, StageResult
from settings_app.models import SMTPSettings
from settings_app.validators import validate_address

NOT_TRIED = ("settings.", "worker.")
MARKS = {"ok": "✓", "failed": "✗", "skipped": "-"}


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
        self.as_json: bool = options["json"]
        self.shown = 0
        saved = SMTPSettings.load()
        report = self._direct(saved, address) if direct else self._by_worker(saved, address)
        if self.as_json:
            self.stdout.write(json.dumps(report, indent=2, ensure_ascii=False))
        else:
            self._print_result(report)
        if not report["delivered"]:
            status = 2 if report["cause"].startswith(NOT_TRIED) else 1
            raise CommandError(f"{report['explanation']}\n{report['remedy']}", returncode=status)

    def _direct(self, saved: SMTPSettings, recipient: str) -> dict[str, Any]:
        report = delivery_test.probe_settings(saved, recipient, observer=self)
        return report.as_json()

    def _by_worker(self, saved: SMTPSettings, recipient: str) -> dict[str, Any]:
        test = delivery_test.start(saved, recipient)
        ended = delivery_test.wait(test, pause=lambda: time.sleep(0.1), on_change=self._print_new_stages)
        if ended.report is None:
            raise CommandError("The worker failed with a defect of its own; its log has the traceback.", returncode=2)
        return delivery_test.public_form(ended.report)

    # The stages as they come

    def stage_started(self, stage: Stage) -> None:
        """Nothing: a line is printed when the stage has ended."""

    def stage_ended(self, result: StageResult) -> None:
        self._print_stage(delivery_test.stage_as_json(result))

    def _print_new_stages(self, test: DeliveryTest) -> None:
        ended = [stage for stage in test.stages if stage["status"] != "running"]
        for stage in ended[self.shown :]:
            self._print_stage(stage)
        self.shown = len(ended)

    def _print_stage(self, stage: dict[str, Any]) -> None:
        if self.as_json:
            return
        took = "" if stage["elapsed_ms"] is None else f"{stage['elapsed_ms']:.1f} ms"
        line = f"{MARKS[stage['status']]} {stage['name']:<13}{took:>10}  {stage['detail']}".rstrip()
        style = {"ok": self.style.SUCCESS, "failed": self.style.ERROR}.get(stage["status"], str)
        self.stdout.write(style(line))

    def _print_result(self, report: dict[str, Any]) -> None:
        if report["delivered"]:
            queue_id = f" as {report['queue_id']}" if report["queue_id"] else ""
            self.stdout.write(f"Delivered: the server has taken the message{queue_id}.")
        else:
            self.stdout.write(f"Not delivered: {report['cause']}")
