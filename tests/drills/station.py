"""Where one fault after another is tried: an installation, its mail server, and somebody who looks."""

from __future__ import annotations

import json
import logging
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from paragon_smtp.environment import BASE_DIR
from tests.drills.drill import Feed, feeding
from tests.drills.hanging import Hanging
from tests.drills.house import House, house
from tests.end_to_end.client import Browser
from tests.end_to_end.journey import SETTINGS, sign_in
from tests.servers import processes
from tests.servers.aiosmtp import MailServer, mail_server
from tests.servers.certificates import AUTHORITY_PEM, server_context

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

ADMINISTRATOR, PASSWORD = "drill@example.com", "a pass phrase of the drill"
USER, SECRET = "portal@example.com", "Sealed-9-here"
SEEN = 30.0  # seconds within which a fault is to be seen
PATIENCE = 60.0  # and in which everything has left once it is mended


class Station:
    def __init__(self, place: House, feed: Feed) -> None:
        self.place, self.feed = place, feed
        self.servers: list[MailServer] = []
        self.told = 0
        self._running = ExitStack()
        (place.folder / "authority.pem").write_text(AUTHORITY_PEM)

    # The mail server

    def serve(self, context: ssl.SSLContext | None = None, port: int = 0) -> int:
        """A mail server that wants TLS and a sign-in; the one before ends, unless it hangs."""
        if not Hanging.hangs:
            self._running.close()
        running = mail_server(starttls=context or server_context(), users={USER: SECRET}, protocol=Hanging, port=port)
        self.servers.append(self._running.enter_context(running))
        return self.servers[-1].port

    def end(self) -> None:
        Hanging.hangs = False
        self._running.close()

    def save_settings(self, port: int) -> None:
        where = ["--server-address", "localhost", "--port", str(port), "--tls", "--tls-mode", "starttls"]
        who = ["--authentication", "--username", USER, "--from-name", "Portal", "--from-email", USER, "--timeout", "5"]
        authority = ["--ca-file", str(self.place.folder / "authority.pem"), "--password-stdin"]
        self.manage("configure_smtp", *where, *who, *authority, given=SECRET)

    def manage(self, *words: str, given: str = "", **more: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=BASE_DIR, env=self.place.environment | more,
            input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words[0]}: {done.stderr[-2000:]}"
        return done.stdout

    # Who looks

    def sign_in(self) -> None:
        self.manage("createsuperuser", "--noinput", "--email", ADMINISTRATOR, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
        self.browser = Browser(self.place.environment["PORTAL_URL"])
        sign_in(self.browser, ADMINISTRATOR, PASSWORD)

    def readyz(self) -> dict[str, str]:
        """What is not well, by the name of the check; empty where nobody answers."""
        try:
            checks = json.loads(Browser(self.place.environment["PORTAL_URL"]).get("/readyz").source)["checks"]
        except (OSError, ValueError):
            return {}
        return {name: check["detail"] for name, check in checks.items() if check["status"] != "ok"}

    def page(self) -> str:
        try:
            return self.browser.get(SETTINGS).text
        except OSError:
            return ""

    def sees(self, check: str, words: str, on_page: str) -> None:
        """Both on the page and in `/readyz`, within a while."""

        def seen() -> bool:
            self.place.tend()
            return words in self.readyz().get(check, "") and on_page in self.page()

        processes.wait_for(seen, f"{check}: {words}, on the page: {on_page}\n{self.readyz()}\n{self.page()}", SEEN)

    # What is to arrive

    def tell(self, number: int = 20) -> None:
        self.told = self.feed.answer(f"tell {number}")

    def everything_arrives_once(self) -> None:
        wanted = {f"person{number:05}@example.com": 1 for number in range(self.told)}

        def arrived() -> Counter[str]:
            messages = [message for server in self.servers for message in server.received]
            return Counter(to for message in messages for to in message.recipients if to.startswith("person"))

        def all_there() -> bool:
            self.place.tend()
            return set(arrived()) == set(wanted)

        processes.wait_for(all_there, f"{self.told} have arrived, not {len(arrived())}: {self.readyz()}", PATIENCE)
        assert arrived() == wanted, [to for to, times in arrived().items() if times > 1]


@contextmanager
def station(*, on_postgres: bool, logs: Path) -> Iterator[Station]:
    with house(on_postgres=on_postgres, keep_logs=logs) as place:
        place.run.start()
        place.wait_until_ready()
        with feeding(place) as feed:
            here = Station(place, feed)
            try:
                here.feed.answer("people 400 0")
                here.sign_in()
                here.save_settings(here.serve())
                if place.second is not None:
                    place.second.start()
                yield here
            finally:
                here.end()
