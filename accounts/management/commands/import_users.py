"""`manage.py import_users FILE`: add the people of a CSV file, by the same rules as the page.

Exit status: 0 everybody has an account, 1 some rows were rejected (the others are added), 2 the file cannot be read.
"""

import shutil
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.imports import checking, rejected, running
from accounts.imports.models import Import
from accounts.imports.reading import Unreadable
from accounts.management.progress import ProgressBar

SHOWN = 20


class Command(BaseCommand):
    help = "Add the people of a CSV file. Who has an account already stays as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the CSV file; - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="check the file, add nobody")
        parser.add_argument("--rejected", metavar="FILE", help="write the rejected rows there, as CSV")

    def handle(self, *_args: Any, file: str, dry_run: bool, rejected: str | None, **_options: Any) -> None:
        imported = self._check(file)
        self._tell_rejected(imported, rejected)
        figures = f"{imported.present:,} have one already, {_rows(imported.rejected)} rejected"
        if dry_run:
            running.stop(imported)
            self.stdout.write(f"{imported.valid:,} would be given an account, {figures}. Nothing was changed.")
        else:
            self._run(imported)
            figures = f"{imported.present:,} had one already, {_rows(imported.rejected)} rejected"
            self.stdout.write(f"{imported.added:,} were given an account, {figures}.")
        if imported.rejected:
            raise CommandError(f"{_rows(imported.rejected)} rejected.", returncode=1)

    def _check(self, name: str) -> Import:
        bar = ProgressBar("Checking", sys.stderr)
        try:
            with _opened(name) as file:
                return checking.check(
                    file, Path(name).name, by_command=True, progress=lambda imported: bar.show(imported.rows)
                )
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}.", returncode=2) from error
        except Unreadable as error:
            raise CommandError(f"{name}: {error}", returncode=2) from error
        finally:
            bar.end()

    def _tell_rejected(self, imported: Import, path: str | None) -> None:
        if path is not None:
            with Path(path).open("w", encoding="utf-8", newline="") as file:
                file.writelines(rejected.lines(imported))
        for row in imported.rejected_rows.all()[:SHOWN]:
            self.stderr.write(f"Line {row.line}: {row.reason}")
        if imported.rejected > SHOWN:
            where = f"all are in {path}" if path else "--rejected FILE writes them all"
            self.stderr.write(f"… and {imported.rejected - SHOWN:,} more; {where}.")

    def _run(self, imported: Import) -> None:
        bar = ProgressBar("Adding", sys.stderr)
        running.confirm(imported, None)
        imported.refresh_from_db()
        try:
            while imported.state == Import.State.RUNNING:
                if not running.run_batch(pk=imported.pk):
                    time.sleep(0.2)  # a worker is at it
                imported.refresh_from_db()
                bar.show(imported.handled, imported.valid)
        except KeyboardInterrupt:
            running.stop(imported)
            raise CommandError(f"Stopped after {imported.added:,}; the same command adds the rest.") from None
        finally:
            bar.end()


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name != "-":
        with Path(name).open("rb") as file:
            yield file
        return
    # What comes through a pipe cannot be looked at twice.
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.seek(0)
        yield file


def _rows(number: int) -> str:
    return "1 row was" if number == 1 else f"{number:,} rows were"
