"""Rows without Django's way of putting a query together, which takes longer than the database: pages ask all the time.

What a condition says is written here, in the code; what it is compared with travels apart.
"""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class Plan(NamedTuple):
    beginning: str
    names: list[str]
    # Of the columns whose values the database gives otherwise than the model has them: their places.
    converted: list[tuple[int, Any]]


def only_row(model: type[Row]) -> Row | None:
    """Of a table that the database keeps to one row."""
    return row_of(model, 1)


def row_of(model: type[Row], key: Any) -> Row | None:
    found = rows_where(model, "id = %s", [key])
    return found[0] if found else None


def rows_where(model: type[Row], condition: str, values: Sequence[Any]) -> list[Row]:
    """`condition`: in SQL, by the names of the columns, with whatever follows it."""
    plan = _plan(model)
    with connection.cursor() as cursor:
        cursor.execute(plan.beginning + condition, [_as_stored(value) for value in values])
        found = [list(row) for row in cursor.fetchall()]
    for place, field in plan.converted:
        converters = _converters(field)
        for row in found:
            for convert in converters:
                row[place] = convert(row[place], field.cached_col, connection)
    return [model.from_db(connection.alias, plan.names, row) for row in found]


def _as_stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


@functools.cache
def _plan(model: type[Model]) -> Plan:
    quote, meta = connection.ops.quote_name, model._meta
    fields = meta.concrete_fields
    columns = ", ".join(quote(str(field.column)) for field in fields)
    beginning = f"SELECT {columns} FROM {quote(meta.db_table)} WHERE "  # noqa: S608  our own names
    converted = [(place, field) for place, field in enumerate(fields) if _converters(field)]
    return Plan(beginning, [field.attname for field in fields], converted)


def _converters(field: Any) -> list[Any]:
    return [*connection.ops.get_db_converters(field.cached_col), *field.get_db_converters(connection)]
