"""The audit trail as a file: CSV for people, JSON lines for machines."""

import json
from collections.abc import Iterable, Iterator

from audit import spreadsheet
from audit.models import Entry

COLUMNS = ("at", "actor", "action", "target", "ip", "changes")


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    return spreadsheet.lines(_rows(entries))


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for entry in entries:
        changes = json.dumps(entry.changes, ensure_ascii=False) if entry.changes else ""
        yield (entry.at.isoformat(), entry.actor_name, entry.action, entry.target, entry.ip or "", changes)


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
