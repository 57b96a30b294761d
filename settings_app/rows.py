"""Rows by their key. Pages ask for them all the time, so the statement is put together only once for each table."""

import functools
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def only_row(model: type[Row]) -> Row | None:
    """Of a table that the database keeps to one row."""
    return row_of(model, 1)


def row_of(model: type[Row], key: Any) -> Row | None:
    statement, key_field = _statement(model)
    return next(iter(model._default_manager.raw(statement, [key_field.get_db_prep_value(key, connection)])), None)


@functools.cache
def _statement(model: type[Model]) -> tuple[str, Any]:
    quote, meta = connection.ops.quote_name, model._meta
    columns = ", ".join(quote(str(field.column)) for field in meta.concrete_fields)
    return f"SELECT {columns} FROM {quote(meta.db_table)} WHERE id = %s", meta.pk  # noqa: S608  our own names
