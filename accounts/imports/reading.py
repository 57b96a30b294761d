"""From the bytes of a CSV file to its rows: encoding, delimiter, header. What a cell means is the affair of `rules`."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from accounts.imports.columns import field_of, fields_of
from audit import spreadsheet

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 200
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Unreadable(Exception):
    """The file as a whole cannot be read; the message is a sentence for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # where it begins in the file
    cells: list[str]
    fault: str = ""  # why its cells are not what was meant


class Sheet:
    """A file whose header is understood. Iterate once, for its rows; empty ones are passed over.

    The file stays its owner's: it is not closed here.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._lines = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
        try:
            self._read_header()
        except Unreadable:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file, which would else be closed with this."""
        self._lines.detach()

    def _read_header(self) -> None:
        header = self._next_line()
        self._skipped = 1
        announced = ""
        if header.lower().startswith("sep=") and len(header.strip()) == len("sep=?"):
            announced = header.strip()[-1]
            header = self._next_line()
            self._skipped = 2
        self.delimiter = announced or _delimiter(header)
        self.columns = [cell.strip() for cell in _cells(header, self.delimiter)]
        self.fields = fields_of(self.columns)
        self._check_header()

    @property
    def ignored(self) -> list[str]:
        return [column for column, field in zip(self.columns, self.fields, strict=True) if column and not field]

    def __iter__(self) -> Iterator[Row]:
        # Strict: a quotation mark in the wrong place is told rather than guessed away.
        reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        while True:
            line = self._skipped + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except UnicodeDecodeError as error:
                raise _undecodable(line) from error
            except csv.Error:
                yield Row(line, [], self._quotation_fault(line, self._skipped + reader.line_num))
                continue
            # A list of rejected rows that comes back mended has apostrophes of ours in it.
            cells = [spreadsheet.unsafe(cell.strip()) for cell in cells]
            if any(cells):
                yield Row(line, cells, self._excess(cells))

    def values(self, row: Row) -> dict[str, str]:
        """The cells of the columns that are read, by field; a row that is too short lacks its last ones."""
        return {field: cell for field, cell in zip(self.fields, row.cells, strict=False) if field}

    def _next_line(self) -> str:
        try:
            return self._lines.readline()
        except UnicodeDecodeError as error:
            raise _undecodable(1) from error

    def _check_header(self) -> None:
        if not any(self.columns):
            raise Unreadable(_("The file is empty. Its first line has to name the columns, for example: email,name"))
        if len(self.columns) > MOST_COLUMNS:
            raise Unreadable(_("The file has more than %d columns. Remove those that are not read.") % MOST_COLUMNS)
        if "email" not in self.fields:
            hint = (
                _("The first line holds an address. Put a line before it that names the columns, for example: %s")
                if any("@" in column for column in self.columns)
                else _("No column is named as the e-mail address. Name the columns in the first line, for example: %s")
            )
            raise Unreadable(hint % self.delimiter.join(("email", "name")))
        for field in filter(None, self.fields):
            if self.fields.count(field) > 1:
                twins = [name for name in self.columns if field_of(name) == field]
                raise Unreadable(
                    _("Several columns mean the same: %s. Rename or remove all of them but one.") % ", ".join(twins)
                )

    def _excess(self, cells: list[str]) -> str:
        if not any(cells[len(self.columns) :]):
            return ""
        figures = {"cells": len(cells), "columns": len(self.columns), "sign": self.delimiter}
        fault = _("The row has %(cells)d cells, the header %(columns)d.") % figures
        return f"{fault} {_('Put quotation marks around a value that holds “%(sign)s”.') % figures}"

    @staticmethod
    def _quotation_fault(first: int, last: int) -> str:
        if last > first:
            lines = {"first": first, "last": last}
            return _("Lines %(first)d to %(last)d are one row: a quotation mark is not closed.") % lines
        return _("A quotation mark stands in the wrong place. Inside a value in quotation marks, write it twice.")


def _encoding(file: IO[bytes]) -> str:
    """By its mark, or for UTF-16 without one by the zero bytes of its first letter. Nothing else is guessed."""
    head = file.read(4)
    file.seek(0)
    if head in WORKBOOKS:
        raise Unreadable(_("This is a workbook, not a CSV file. Save it as “CSV UTF-8” in the spreadsheet program."))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head[1:2] == b"\0":
        return "utf-16-le"
    if head[:1] == b"\0":
        return "utf-16-be"
    return "utf-8-sig"


def _undecodable(line: int) -> Unreadable:
    return Unreadable(
        _("From line %d on the file is neither UTF-8 nor UTF-16. Save it as “CSV UTF-8” in the spreadsheet program.")
        % line
    )


def _delimiter(header: str) -> str:
    """The one with which most of the header's cells are known."""

    def known(delimiter: str) -> tuple[int, int]:
        cells = _cells(header, delimiter)
        return sum(map(bool, fields_of(cells))), len(cells)

    return max(DELIMITERS, key=known)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:  # a header of more than 128 kilobytes in one cell
        return []
