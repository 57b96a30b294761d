"""The rows that were rejected as a CSV file: the columns of the original, and before them the line and the reason."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.imports.models import Import
from audit import spreadsheet


def lines(imported: Import) -> Iterator[str]:
    """One by one, however many there are."""
    return spreadsheet.lines(_rows(imported), imported.delimiter)


def _rows(imported: Import) -> Iterator[list[str]]:
    yield [_("Line"), _("Reason"), *imported.columns]
    for row in imported.rejected_rows.iterator(chunk_size=1000):
        yield [str(row.line), row.reason, *row.cells]
