"""Rows that the database keeps single. Pages ask for them all the time, so the statement is put together only once."""

import functools
from typing import TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def only_row(model: type[Row]) -> Row | None:
    return next(iter(model._default_manager.raw(_statement(model))), None)


@functools.cache
def _statement(model: type[Model]) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE id = 1"  # noqa: S608  our own names
