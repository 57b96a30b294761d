import psycopg
import pytest
from psycopg.types.datetime import TimestamptzLoader

from paragon_smtp.postgresql.base import MomentLoader
from tests.servers.postgres import Postgres

MOMENTS = (
    "0001-01-01 00:00:00+00", "1970-01-01 00:00:00+00", "2026-02-28 23:59:59.9+00", "2026-03-29 02:30:00.000001+02",
    "2026-11-23 05:25:02.12345-03:30", "9999-12-31 23:59:59.999999+00",
)  # fmt: skip


def read(connection: psycopg.Connection, loader: type[TimestamptzLoader], moments: list[str]) -> list[object]:
    with connection.cursor() as cursor:
        cursor.adapters.register_loader("timestamptz", loader)
        return [each for (each,) in cursor.execute("SELECT unnest(%s::text[])::timestamptz", [moments]).fetchall()]


def test_times_are_read_as_psycopg_reads_them(postgres: Postgres) -> None:
    with psycopg.connect(postgres.new_database(), autocommit=True) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        ours = read(connection, MomentLoader, list(MOMENTS))
        assert ours == read(connection, TimestamptzLoader, list(MOMENTS))
        assert {each.utcoffset().total_seconds() for each in ours} == {0.0}
        for beyond in ("infinity", "0044-03-15 12:00:00+00 BC"):
            with pytest.raises(psycopg.DataError):
                read(connection, MomentLoader, [beyond])
