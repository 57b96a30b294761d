import io
from typing import Any

from accounts.imports import checking
from accounts.imports.models import Import


def table(number: int, *, prefix: str = "user") -> str:
    rows = "".join(f"{prefix}{n}@example.com,Person {n}\n" for n in range(number))
    return f"email,name\n{rows}"


def checked(content: str | bytes, **options: Any) -> Import:
    data = content if isinstance(content, bytes) else content.encode()
    return checking.check(io.BytesIO(data), "people.csv", **{"by_command": "actor" not in options, **options})
