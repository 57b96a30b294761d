"""How long the pages keep the browser busy at a time, on the ways that administrators go most.

While a task runs, a page answers nothing. Chromium records its tasks itself, each with the time by the clock and of the
processor; on a quiet machine they are the same, and the second is what the pages are to answer for. What is measured is
a whole `make run`, with its worker and its inbox.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.registry import Figure, benchmark
from tests.servers.processes import free_port, wait_for

LIMIT = 50.0  # ms
ROUNDS = 3
PEOPLE = 60
SETTINGS = "/administration/authentication/smtp-settings/"
NOTIFICATIONS = "/administration/monitoring/notifications/"
USERS = "/administration/user-management/users/"
# Of Chromium's own records of what its threads do.
CATEGORIES, TASK, THREAD = ["toplevel"], "ThreadControllerImpl::RunTask", "CrRendererMain"


@dataclass(frozen=True, slots=True)
class Installation:
    url: str
    inbox_port: int
    address: str
    password: str


@dataclass(frozen=True, slots=True)
class Longest:
    """Of many tasks, in milliseconds."""

    processor: float
    clock: float

    def or_in(self, events: list[dict[str, Any]]) -> Longest:
        """With a trace's tasks, on the threads that the pages live on."""
        pages = {(event["pid"], event["tid"]) for event in events if event.get("args", {}).get("name") == THREAD}
        ended = [event for event in events if event["name"] == TASK and "tdur" in event]
        tasks = [event for event in ended if (event["pid"], event["tid"]) in pages]
        processor, clock = (max(task[kind] / 1000 for task in tasks) for kind in ("tdur", "dur"))
        return Longest(max(self.processor, processor), max(self.clock, clock))


@contextmanager
def installation() -> Iterator[Installation]:
    """What `make run` starts, in a folder of its own, with people in it."""
    ports = {name: free_port() for name in ("PORT", "INBOX_SMTP_PORT", "INBOX_WEB_PORT")}
    with tempfile.TemporaryDirectory(prefix="paragon-browser-") as folder:
        environment = os.environ | {name: str(port) for name, port in ports.items()} | {"DATA_DIR": f"{folder}/data"}
        command = [sys.executable, "manage.py", "run"]
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
        try:
            wait_for(lambda: "Paragon SMTP is ready." in log.read_text(), "make run", 60)
            people = Path(folder) / "people.csv"
            people.write_text("email\n" + "".join(f"person.{number}@corp.example\n" for number in range(PEOPLE)))
            importing = [sys.executable, "manage.py", "import_users", str(people)]
            subprocess.run(importing, env=environment, check=True, capture_output=True)
            told = dict(re.findall(r"(E-mail address|Password) +(\S+)", log.read_text()))
            yield Installation(
                f"http://localhost:{ports['PORT']}", ports["INBOX_SMTP_PORT"], told["E-mail address"], told["Password"]
            )
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def open_settings(page: Page, _of: Installation) -> None:
    page.goto(SETTINGS, wait_until="networkidle")


def enter(page: Page, of: Installation) -> None:
    for label in ("TLS", "SMTP Authentication"):
        page.get_by_role("switch", name=label).uncheck()
        page.get_by_role("switch", name=label).check()
    for label, text in {"User Name": "portal@corp.example", "Password": "Correct-horse-7"}.items():
        page.get_by_label(label, exact=True).fill("")
        page.get_by_label(label, exact=True).press_sequentially(text)
    for label in ("TLS", "SMTP Authentication"):
        page.get_by_role("switch", name=label).uncheck()
    values = {
        "Server Address": "127.0.0.1",
        "Port Number": str(of.inbox_port),
        "From Name": "Corp Network Operations",
        "From E-Mail Address": "noc@corp.example",
    }
    for label, text in values.items():
        page.get_by_label(label, exact=True).fill("")
        page.get_by_label(label, exact=True).press_sequentially(text)


def test(page: Page, _of: Installation) -> None:
    page.get_by_role("button", name="Send Test E-mail").click()
    expect(page.get_by_role("heading", name="Delivered", exact=True)).to_be_visible(timeout=30_000)


def save(page: Page, _of: Installation) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-say-now]").get_by_text("SMTP settings saved.")).to_be_visible()


def look_into_notifications(page: Page, _of: Installation) -> None:
    page.goto(NOTIFICATIONS, wait_until="networkidle")
    page.get_by_label("Address, Message-ID or queue id").fill("person")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**q=person**")
    page.get_by_role("link", name=re.compile(r"^person\.\d+@corp\.example$")).first.click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    page.wait_for_load_state("networkidle")


def add_a_user(page: Page, _of: Installation) -> None:
    page.goto(USERS, wait_until="networkidle")
    page.get_by_role("link", name="Add user").click()
    page.get_by_label("E-mail address").press_sequentially(f"new.{os.urandom(4).hex()}@corp.example")
    page.get_by_label("Name", exact=True).press_sequentially("Somebody New")
    page.get_by_role("button", name="Add user").click()
    expect(page.get_by_role("heading", name="Somebody New")).to_be_visible()


Way = Callable[[Page, Installation], None]
WAYS: dict[str, Way] = {
    "open the settings": open_settings,
    "type and switch": enter,
    "test to its end": test,
    "save": save,
    "notifications, filter, details": look_into_notifications,
    "users, add one": add_a_user,
}


@benchmark("browser")
def browser() -> Iterator[Figure]:
    with installation() as of, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = chromium.new_context(base_url=of.url, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        _sign_in(page, of)
        walked = _walked(chromium, page, of)
        chromium.close()
    for name in WAYS:
        yield Figure(f"browser, {name}: longest task", walked[name].processor, "ms", LIMIT)
    yield Figure("browser, all of it: longest task by the clock", max(task.clock for task in walked.values()), "ms")


def _sign_in(page: Page, of: Installation) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(of.address)
    page.get_by_label("Password").fill(of.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/administration/**")


def _walked(chromium: Browser, page: Page, of: Installation) -> dict[str, Longest]:
    longest = dict.fromkeys(WAYS, Longest(0, 0))
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            chromium.start_tracing(page=page, categories=CATEGORIES)
            way(page, of)
            longest[name] = longest[name].or_in(json.loads(chromium.stop_tracing())["traceEvents"])
    return longest
