"""CSV that spreadsheets open well: marked as UTF-8, and with no cell that they take for a formula."""

import csv
from collections.abc import Iterable, Iterator

MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What `csv.writer` writes to: gives the line back."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Iterable[str]], delimiter: str = ",") -> Iterator[str]:
    """Line by line, however many there are."""
    writer = csv.writer(_Line(), delimiter=delimiter)
    yield MARK
    for row in rows:
        yield str(writer.writerow(map(safe, row)))


def safe(cell: str) -> str:
    """With an apostrophe in front, what would be a formula is text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell


def unsafe(cell: str) -> str:
    """What the cell was before `safe`."""
    return cell[1:] if cell.startswith("'") and safe(cell[1:]) == cell else cell
