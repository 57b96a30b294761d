"""Rows by their key, without Django's way of putting a query together: pages ask for some of them all the time."""

import functools
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class Plan(NamedTuple):
    statement: str
    key: Any
    names: list[str]
    # Of the columns whose values the database gives otherwise than the model has them: their places.
    converted: list[tuple[int, Any]]


def only_row(model: type[Row]) -> Row | None:
    """Of a table that the database keeps to one row."""
    return row_of(model, 1)


def row_of(model: type[Row], key: Any) -> Row | None:
    plan = _plan(model)
    with connection.cursor() as cursor:
        cursor.execute(plan.statement, [plan.key.get_db_prep_value(key, connection)])
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for place, field in plan.converted:
        for convert in _converters(field):
            values[place] = convert(values[place], field.cached_col, connection)
    return model.from_db(connection.alias, plan.names, values)


@functools.cache
def _plan(model: type[Model]) -> Plan:
    quote, meta = connection.ops.quote_name, model._meta
    fields = meta.concrete_fields
    columns = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"SELECT {columns} FROM {quote(meta.db_table)} WHERE id = %s"  # noqa: S608  our own names
    converted = [(place, field) for place, field in enumerate(fields) if _converters(field)]
    return Plan(statement, meta.pk, [field.attname for field in fields], converted)


def _converters(field: Any) -> list[Any]:
    return [*connection.ops.get_db_converters(field.cached_col), *field.get_db_converters(connection)]
