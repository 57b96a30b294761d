"""The database refuses to change the audit trail, whoever asks."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.db import DatabaseError, connection, transaction

from audit import append_only
from audit.models import Entry
from paragon_smtp.environment import BASE_DIR
from tests.audit.conftest import Write
from tests.servers.postgres import Postgres

ROW = (
    "INSERT INTO audit_entry (at, actor_name, action, target, changes) "
    "VALUES ('{}', 'somebody', 'account.locked', 'ann', '{{}}')"
)


def row(ago: timedelta = timedelta(days=1)) -> str:
    return ROW.format(datetime.now(UTC) - ago)


def migrate(**environment: str) -> None:
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=BASE_DIR, env=base | environment, check=True
    )


@pytest.mark.parametrize(
    "deed", ["UPDATE audit_entry SET actor_name = 'nobody'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_postgresql_refuses(audit_on_postgresql: str, deed: str) -> None:
    with psycopg.connect(audit_on_postgresql, autocommit=True) as database:
        with pytest.raises(psycopg.errors.RaiseException, match=f"append-only: {deed.split()[0]} refused"):
            database.execute(deed)
        assert database.execute("SELECT actor_name FROM audit_entry").fetchall() == [("somebody",)]


def test_postgresql_deletes_what_is_old_only_for_who_says_that_it_is_meant(audit_on_postgresql: str) -> None:
    delete = "DELETE FROM audit_entry WHERE actor_name = 'somebody long ago'"
    with psycopg.connect(audit_on_postgresql, autocommit=True) as database:
        database.execute(row(timedelta(days=366)).replace("'somebody'", "'somebody long ago'"))
        with pytest.raises(psycopg.errors.RaiseException, match="append-only: DELETE refused"):
            database.execute(delete)
        with database.transaction():
            database.execute(append_only.PRUNING)
            assert database.execute(delete).rowcount == 1
        with pytest.raises(psycopg.errors.RaiseException), database.transaction():
            database.execute(append_only.PRUNING)
            database.execute("DELETE FROM audit_entry")  # with that of yesterday


@pytest.fixture(scope="module")
def audit_on_postgresql(postgres: Postgres) -> str:
    url = postgres.new_database()
    migrate(
        DATABASE_URL=url,
        SECRET_KEY="x" * 50,
        SMTP_ENCRYPTION_KEYS=Fernet.generate_key().decode(),
        PORTAL_URL="https://portal.example.com",
    )
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(row())
    return url


def test_sqlite_refuses_after_all_migrations(tmp_path: Path) -> None:
    migrate(DATA_DIR=str(tmp_path / "var"))
    database = sqlite3.connect(next((tmp_path / "var").glob("*.sqlite3")))
    database.execute(row())
    for deed in ("UPDATE audit_entry SET actor_name = 'nobody'", "DELETE FROM audit_entry"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(deed)
    assert database.execute("SELECT actor_name FROM audit_entry").fetchall() == [("somebody",)]
    database.close()


@pytest.mark.django_db(transaction=True)
def test_the_application_cannot_go_around_its_own_refusal(write: Write) -> None:
    entry = write()
    with connection.schema_editor() as editor:
        append_only.forbid(None, editor)
    try:
        entry.actor_name = "nobody"
        for deed in (entry.save, entry.delete, lambda: Entry.objects.bulk_update([entry], ["actor_name"])):
            with pytest.raises((DatabaseError, TypeError), match="append-only"), transaction.atomic():
                deed()
    finally:
        with connection.schema_editor() as editor:
            append_only.allow(None, editor)
    assert Entry.objects.get().actor_name == "Ingrid Solberg <ingrid@corp.example>"


@pytest.mark.django_db
def test_query_sets_say_why() -> None:
    with pytest.raises(TypeError, match="append-only"):
        Entry.objects.all().update(action="x")
    with pytest.raises(TypeError, match="append-only"):
        Entry.objects.all().delete()
