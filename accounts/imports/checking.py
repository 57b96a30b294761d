"""Checks a file row by row and stores what became of each, for a person to look at before anything is added.

In small transactions: whoever else writes does not wait for a long file. What breaks off here is swept away as an
import that nobody confirmed (`running.sweep`).
"""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from itertools import islice
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.creation import Newcomer
from accounts.imports.models import Import, ImportBatch, RejectedRow
from accounts.imports.reading import MOST_COLUMNS, Row, Sheet, Unreadable
from accounts.imports.rules import Refused, Rules
from accounts.models import User
from audit import context

# Few enough that a transaction takes a fraction of a second, many enough that its cost is shared.
BATCH = 500

Progress = Callable[[Import], None]


def check(
    file: IO[bytes],
    file_name: str,
    *,
    actor: User | None = None,
    by_command: bool = False,
    progress: Progress | None = None,
) -> Import:
    """Store what the file holds. Raises Unreadable, and leaves nothing, where it is no table of people."""
    sheet = Sheet(file)
    imported = Import.objects.create(
        created_by=actor,
        by_command=by_command,
        ip=context.current.get().ip,
        file_name=_plain(file_name),
        delimiter=sheet.delimiter,
        columns=[_plain(column) for column in sheet.columns],
        ignored=[_plain(column) for column in sheet.ignored],
    )
    try:
        _check_rows(imported, sheet, Rules(actor), progress)
    except Unreadable:
        imported.delete()
        raise
    finally:
        sheet.close()
    imported.state = Import.State.CHECKED
    imported.save()
    return imported


def _check_rows(imported: Import, sheet: Sheet, rules: Rules, progress: Progress | None) -> None:
    rows = iter(sheet)
    while batch := list(islice(rows, BATCH)):
        _store(imported, sheet, rules, batch)
        if progress:
            progress(imported)
    if not imported.rows:
        raise Unreadable(_("The file holds nobody: there is no row below the names of the columns."))


@transaction.atomic
def _store(imported: Import, sheet: Sheet, rules: Rules, rows: list[Row]) -> None:
    rejected: list[RejectedRow] = []
    newcomers = list(_newcomers(imported, sheet, rules, rows, rejected))
    taken = set(User.objects.filter(email__in=[one.email for one in newcomers]).values_list("email", flat=True))
    people = [astuple(one) for one in newcomers if one.email not in taken]
    if people:
        ImportBatch.objects.create(of=imported, people=people)
    RejectedRow.objects.bulk_create(rejected)
    imported.rows += len(rows)
    imported.valid += len(people)
    imported.present += len(newcomers) - len(people)
    imported.rejected += len(rejected)
    imported.save()


def _newcomers(
    imported: Import, sheet: Sheet, rules: Rules, rows: list[Row], rejected: list[RejectedRow]
) -> Iterator[Newcomer]:
    for row in rows:
        try:
            yield rules.newcomer(row, sheet.values(row))
        except Refused as refusal:
            cells = [_plain(cell) for cell in row.cells[:MOST_COLUMNS]]
            rejected.append(RejectedRow(of=imported, line=row.line, cells=cells, reason=_plain(str(refusal), 1000)))


def _plain(text: str, most: int = 255) -> str:
    """What any database stores: PostgreSQL takes no NUL."""
    return text.replace("\0", "�")[:most]
