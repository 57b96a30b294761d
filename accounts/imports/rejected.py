"""The rows that were rejected as a CSV file: the columns of the original, and before them the line and the reason."""

import codecs
import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.imports.models import Import
from accounts.imports.reading import FORMULA_STARTS


class _Echo:
    """What a CSV writer writes to when nothing is to be kept."""

    def write(self, text: str) -> str:
        return text


def lines(imported: Import, encoding: str = "utf-8-sig") -> Iterator[bytes]:
    """One by one, however many there are. The mark at the beginning tells spreadsheets that it is UTF-8."""
    writer = csv.writer(_Echo(), delimiter=imported.delimiter)
    encode = codecs.getincrementalencoder(encoding)().encode
    yield encode(writer.writerow([_("Line"), _("Reason"), *map(guarded, imported.columns)]))
    for row in imported.rejected_rows.iterator(chunk_size=1000):
        yield encode(writer.writerow([row.line, row.reason, *map(guarded, row.cells)]))


def guarded(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula; reading the file takes it away again."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
