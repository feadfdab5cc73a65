"""Statements that every page asks: the server plans them once for each line (``chejian.database``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def rows(
    sql: str, values: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """What the statement answers. Its text never changes; everything that does is a value.

    Without values a ``%`` in the text is nothing but a sign.
    """
    with connection.planned_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
