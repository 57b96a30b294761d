"""Rows without Django's way of putting a query together, which takes longer than the database: pages ask all the time.

What a condition says is written here, in the code; what it is compared with travels apart.
"""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Model

Row = TypeVar("Row", bound=Model)


class Plan(NamedTuple):
    columns: str
    table: str
    names: list[str]
    # Of the columns whose values the database gives otherwise than the model has them: their places, and what converts
    # them. Of the connection that asked first; all that such a one looks at is its time zone, which all of them share.
    converted: list[tuple[int, Any, list[Any]]]


class Rows(Sequence[Row]):
    """What a statement finds whose columns are those of the model, in their order, and `more` behind them.

    `raw`, as the database gave it, tells what is there; models are made of it when somebody looks at them.
    """

    def __init__(self, model: type[Row], statement: str, given: Sequence[Any], more: Sequence[str] = ()) -> None:
        self._model, self._more = model, more
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            self.raw = list(cursor.fetchall())

    def cut(self, length: int) -> "Rows[Row]":
        """No more than so many of them."""
        del self.raw[length:]
        return self

    def __len__(self) -> int:
        return len(self.raw)

    def __getitem__(self, place: Any) -> Any:
        return self._made[place]

    @functools.cached_property
    def _made(self) -> list[Row]:
        plan = _plan(self._model)
        rows = [list(row) for row in self.raw]
        for place, column, converters in plan.converted:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], column, connection)
        return [self._made_of(plan.names, row) for row in rows]

    def _made_of(self, names: list[str], values: list[Any]) -> Row:
        made = self._model.from_db(connection.alias, names, values[: len(names)])
        for name, value in zip(self._more, values[len(names) :], strict=True):
            setattr(made, name, value)
        return made


def only_row(model: type[Row]) -> Row | None:
    """Of a table that the database keeps to one row."""
    return row_of(model, 1)


def row_of(model: type[Row], key: Any, **more: str) -> Row | None:
    """`more`: what else to ask for, in SQL; it becomes attributes of these names."""
    if isinstance(key, int) and key > BigIntegerField.MAX_BIGINT:
        return None  # an address may hold any number
    found = rows_where(model, "id = %s", [key], **more)
    return found[0] if found else None


def rows_where(model: type[Row], condition: str, values: Sequence[Any], **more: str) -> Rows[Row]:
    """`condition`: in SQL, by the names of the columns, with whatever follows it."""
    plan = _plan(model)
    asked = ", ".join((plan.columns, *more.values()))
    statement = f"SELECT {asked} FROM {plan.table} WHERE {condition}"  # noqa: S608  our own names
    return Rows(model, statement, [_as_stored(value) for value in values], tuple(more))


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
    every = [
        (
            place,
            field.cached_col,
            [*connection.ops.get_db_converters(field.cached_col), *field.get_db_converters(connection)],
        )
        for place, field in enumerate(fields)
    ]
    return Plan(columns, quote(meta.db_table), [field.attname for field in fields], [each for each in every if each[2]])
