"""One fault at a time: what is seen of it on the page and in `/readyz`, and that nothing is lost: `make drills`.

`python -m tests.drills.trials`; the faults that meet, and the many messages under way, are in `drill.py`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from tests.drills.hanging import Hanging
from tests.drills.station import Station, station
from tests.drills.versions import two_versions
from tests.servers.certificates import server_context
from tests.servers.processes import wait_for


def key_removed(here: Station) -> None:
    old = here.place.environment["SMTP_ENCRYPTION_KEYS"]
    here.place.restart(SMTP_ENCRYPTION_KEYS=Fernet.generate_key().decode())
    here.tell()
    here.sees("encryption_key", "settings.undecryptable", "Enter the password again, or bring its key back.")
    here.sees("mail", "settings.undecryptable", "20 notifications wait")
    here.place.restart(SMTP_ENCRYPTION_KEYS=old)


def worker_on_old_settings(here: Station) -> None:
    Hanging.hangs = True
    here.tell()
    stuck = here.servers[-1]
    wait_for(lambda: stuck.sign_ins, "the workers deliver")
    time.sleep(3)  # and are stuck, each with the settings that it began with
    port = here.serve()
    Hanging.hangs = False
    here.save_settings(port)
    here.sees("delivery_worker", "still use earlier SMTP settings; restart them", "still use earlier SMTP settings")
    here.place.kill_worker()


def certificate_expired_over_night(here: Station) -> None:
    port = here.servers[-1].port
    now = datetime.now(UTC)
    here.serve(server_context(not_before=now - timedelta(days=90), not_after=now - timedelta(hours=3)), port)
    here.tell()
    here.sees("mail", "tls.expired", "tls.expired")
    here.serve(port=port)


def clock_set_back(here: Station) -> None:
    here.place.clock.set_back(3600)
    here.tell()
    here.sees("clock", "was set back", "was set back")


def disk_full(here: Station) -> None:
    here.tell()
    here.place.fill_disk()
    here.sees("database", "make room", "make room")
    page = here.browser.get("/administration/user-management/users/add/")
    refused = here.browser.press(page, "Add user", {"email": "nobody@example.com"})
    assert (refused.status, "The database cannot be used" in refused) == (503, True), (refused.status, refused.text)
    here.place.clear_disk()
    here.tell()


Trial = Callable[[Station], None]
TRIALS: dict[bool, list[Trial]] = {
    True: [key_removed, worker_on_old_settings, certificate_expired_over_night, clock_set_back],
    False: [disk_full],
}


def missing(trial: Trial, here: Station) -> str:
    if trial is clock_set_back:
        return here.place.clock.missing
    if trial is disk_full and not here.place.disk:
        return "only the superuser can make a small disk"
    return ""


def main() -> int:
    say("One fault at a time")
    return max([_tried(on_postgres, trials) for on_postgres, trials in TRIALS.items()])


def _tried(on_postgres: bool, trials: list[Trial]) -> int:
    logs = Path(tempfile.mkdtemp(prefix="trials-logs-"))
    under_way = "the start"
    try:
        with station(on_postgres=on_postgres, logs=logs) as here:
            for trial in trials:
                under_way = trial.__name__.replace("_", " ")
                begun = time.monotonic()
                if why := missing(trial, here):
                    say(f"  skipped: {under_way}: {why}")
                    continue
                trial(here)
                here.everything_arrives_once()
                say(f"  {under_way}: seen, and nothing lost, in {time.monotonic() - begun:.0f} s")
            if on_postgres:
                under_way, begun = "two versions at once", time.monotonic()
                said = two_versions(here.place.another_installation(), here.place.logs)
                say(f"  {under_way}: {said}, in {time.monotonic() - begun:.0f} s")
    except AssertionError as fault:
        say(f"  FAILED: {under_way}: {fault}\n  logs: {logs}")
        return 1
    shutil.rmtree(logs)
    return 0


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
