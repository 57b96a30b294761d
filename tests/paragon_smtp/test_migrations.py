"""The database as the code needs it, and as the previous version of the code can still use it."""

import io

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, DeleteModel, RemoveField, RenameField, RenameModel
from django.db.models import NOT_PROVIDED

OURS = ("audit", "accounts", "settings_app", "notifications")
# From before the first version that was handed out: nothing older runs beside it.
FIRST = {("accounts", "0002_limits_and_sessions"), ("accounts", "0004_search")}


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration() -> None:
    out = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out, no_color=True)
    assert out.getvalue().strip() == "No changes detected"


def later() -> list[tuple[str, object]]:
    """Every operation of the migrations after each app's first."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return [
        (f"{app}.{name}", operation)
        for (app, name), migration in disk.items()
        if app in OURS and not migration.initial and not name.startswith("0001") and (app, name) not in FIRST
        for operation in migration.operations
    ]


def test_previous_version_can_write_rows_of_which_it_does_not_know_all_columns() -> None:
    added = [(name, operation) for name, operation in later() if isinstance(operation, AddField)]
    assert added
    for name, operation in added:
        field = operation.field
        filled = field.null or field.db_default is not NOT_PROVIDED or field.many_to_many
        assert filled, f"{name}: {operation.name} needs null or db_default (expand), else the previous version fails"


def test_nothing_is_taken_away_that_the_previous_version_reads() -> None:
    taken = [
        f"{name}: {operation.describe()}"
        for name, operation in later()
        if isinstance(operation, DeleteModel | RemoveField | RenameField | RenameModel)
    ]
    assert taken == []
