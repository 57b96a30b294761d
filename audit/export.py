"""The audit trail as a file: CSV for people, JSON lines for machines."""

import csv
import json
from collections.abc import Iterable, Iterator

from audit.models import Entry

COLUMNS = ("at", "actor", "action", "target", "ip", "changes")
# What a spreadsheet takes for a formula; with an apostrophe in front it is text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What `csv.writer` writes to: gives the line back."""

    def write(self, text: str) -> str:
        return text


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    line = csv.writer(_Line())
    # The mark tells spreadsheets that this is UTF-8.
    yield "\ufeff" + str(line.writerow(COLUMNS))
    for entry in entries:
        changes = json.dumps(entry.changes, ensure_ascii=False) if entry.changes else ""
        cells = (entry.at.isoformat(), entry.actor_name, entry.action, entry.target, entry.ip or "", changes)
        yield str(line.writerow(map(safe_cell, cells)))


def as_json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        values = {
            "id": entry.pk,
            "at": entry.at.isoformat(),
            "actor": entry.actor_name,
            "actor_id": entry.actor_id,
            "action": entry.action,
            "target": entry.target,
            "subject_id": entry.subject_id,
            "ip": entry.ip,
            "changes": entry.changes,
        }
        yield json.dumps(values, ensure_ascii=False) + "\n"


def safe_cell(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
