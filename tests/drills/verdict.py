"""What a drill has shown: whether each notification arrived, at the right person, and seldom twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import pairwise

from tests.drills.ledger import Acceptance, Ledger

NAME = re.compile(rb"(?:Person|Browsing) [0-9]{5}")  # those of a drill; short enough to stay whole in any encoding
HEADERS = BytesHeaderParser()
SHOWN = 5  # of the same kind of breach
# How long after a fault of the database a connection may still end with results that could not be settled.
AFTERMATH = 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """A notification as it stands in the outbox when the drill has ended."""

    message_id: str
    recipient: str
    name: str  # whom it is about
    state: str
    attempts: int
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """When results could not be settled, because the database was away."""

    begin: float
    end: float

    def covers(self, moment: float) -> bool:
        return self.begin - 0.5 <= moment <= self.end + AFTERMATH


def breaches(rows: Iterable[Row], ledger: Ledger, promised: Iterable[str], windows: Sequence[Window]) -> list[str]:
    """What went against the promise, in sentences; none when it was kept. `promised`: recipients of what was
    committed."""
    by_id = {row.message_id: row for row in rows}
    copies: dict[str, list[Acceptance]] = defaultdict(list)
    found: list[str] = []
    for acceptance in ledger.accepted:
        headers = HEADERS.parsebytes(acceptance.content)
        key = str(headers["Message-ID"])
        copies[key].append(acceptance)
        found += _misdelivered(by_id.get(key), acceptance, headers)
    in_outbox = Counter(row.recipient for row in by_id.values())
    found += [f"gone from the outbox: what was committed for {name}" for name in promised if not in_outbox[name]]
    for key, row in by_id.items():
        found += _fate(row, len(copies[key]), ledger)
    for key, accepted in copies.items():
        found += _doubles(key, accepted, windows)
    return found


def _misdelivered(row: Row | None, acceptance: Acceptance, headers: Message) -> list[str]:
    if row is None:
        return [f"unknown: {headers['Message-ID']} to {acceptance.recipient} is no notification's"]
    if not row.recipient == acceptance.recipient == headers["To"]:
        return [f"wrong person: {row.message_id} of {row.recipient} went to {acceptance.recipient}"]
    named = set(NAME.findall(acceptance.content))
    if named != set(NAME.findall(row.name.encode())):
        return [f"wrong person: {row.message_id} of {row.name} names {sorted(named)}"]
    return []


def _fate(row: Row, arrived: int, ledger: Ledger) -> list[str]:
    match row.state:
        case "delivered":
            return [] if arrived else [f"lost: {row.message_id} to {row.recipient} is delivered and never arrived"]
        case "failed":
            refused = row.recipient in ledger.refused_for_good
            return [] if refused else [f"given up: {row.recipient} was refused by nobody ({row.cause})"]
        case _:
            state = f"{row.state} after {row.attempts} attempts {row.cause}".rstrip()
            return [f"left behind: {row.recipient} is {state}"]


def _doubles(key: str, accepted: Sequence[Acceptance], windows: Sequence[Window]) -> list[str]:
    """A second copy is excused where the first was among the last that an ended connection took."""
    found = []
    for first, second in pairwise(accepted):
        connection = first.connection
        if connection.ended is None or connection.ended > second.at:
            found.append(f"twice: {key} again while the connection that took it was still up")
        elif not first.handed_last:
            found.append(f"twice: {key}, though {len(connection.taken) - first.place} behind it were taken")
        elif connection.goodbye and not any(window.covers(connection.ended) for window in windows):
            found.append(f"twice: {key}, though its connection ended in good order")
    return found


def told(found: Sequence[str]) -> list[str]:
    """The breaches as lines to print: a few of each kind, and how many there are."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for breach in found:
        kinds[breach.partition(":")[0]].append(breach)
    lines = []
    for kind, ones in kinds.items():
        lines += ones[:SHOWN]
        if len(ones) > SHOWN:
            lines.append(f"{kind}: {len(ones)} in all")
    return lines
