"""Many values as one parameter of a statement: JSON that the database reads as a table.

As many rows as one likes then cost what one value does; a list of two hundred keys takes Django and the driver longer
than the database needs to find them.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL


def table(**columns: str) -> str:
    """The SQL of a table named `given`, with these columns and their types, of a parameter with a list of rows."""
    if connection.vendor == "postgresql":
        values = ", ".join(f"(value->>{n})::{kind} AS {name}" for n, (name, kind) in enumerate(columns.items()))
        return f"(SELECT {values} FROM jsonb_array_elements(%s::jsonb)) AS given"  # noqa: S608  our names
    values = ", ".join(f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(columns))
    return f"(SELECT {values} FROM json_each(%s)) AS given"  # noqa: S608  our names


def keys(model: type[Model], keys: Iterable[Any]) -> RawSQL:
    """For `pk__in`."""
    field = model._meta.pk
    rows = json.dumps([[field.get_db_prep_value(key, connection)] for key in keys], default=str)
    return RawSQL(f"SELECT id FROM {table(id=str(field.rel_db_type(connection)))}", [rows])  # noqa: S608, S611  our names
