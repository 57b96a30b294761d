"""`python -m tests.drills [--seeds N | --seed N] [--count 10000] [--on postgres|sqlite]`; `make drills`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.drills.drill import drill
from tests.drills.verdict import told
from tests.servers import postgres, redis


def main() -> int:
    parser = argparse.ArgumentParser(prog="make drills", description="Drills of the outbox, see docs/drills.md.")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="the drills of the seeds 1 to N")
    parser.add_argument("--seed", type=int, metavar="N", help="only the drill of this seed")
    parser.add_argument("--count", type=int, default=10_000, metavar="N", help="how many notifications")
    parser.add_argument(
        "--on", choices=["postgres", "sqlite"], help="by default odd seeds PostgreSQL, even ones SQLite"
    )
    options = parser.parse_args()
    seeds = [options.seed] if options.seed is not None else range(1, options.seeds + 1)
    failed = [seed for seed in seeds if not _passes(seed, options.count, options.on or _alternately(seed))]
    if failed:
        say(f"FAILED: seeds {', '.join(map(str, failed))}. Again with: make drills SEED={failed[0]}")
    return 1 if failed else 0


def _alternately(seed: int) -> str:
    return "postgres" if seed % 2 else "sqlite"


def _passes(seed: int, count: int, kind: str) -> bool:
    if kind == "postgres" and not (postgres.binaries() and redis.binary() and shutil.which("setpriv")):
        sys.exit("PostgreSQL and Redis are not installed here; on Debian: apt-get install postgresql redis-server")
    say(f"Seed {seed}, {count} notifications, {'PostgreSQL and Redis' if kind == 'postgres' else 'SQLite, embedded'}")
    logs = Path(tempfile.mkdtemp(prefix=f"drill-{seed}-logs-"))
    result = drill(seed, count, on_postgres=kind == "postgres", logs=logs, say=say)
    for line in told(result.breaches):
        say(f"  {line}")
    verdict = "FAILED" if result.breaches else "passed"
    say(
        f"  {verdict} in {result.seconds:.0f} s: {result.told} told, {result.accepted} accepted, "
        f"{result.twice} of them twice, {result.failed} refused for good"
    )
    if result.breaches:
        say(f"  logs: {logs}")
    else:
        shutil.rmtree(logs)
    return not result.breaches


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
