"""A question to the database that stays the same, translated to SQL once and planned once.

Building a queryset and writing it as SQL takes a page longer than its answer. What depends on
nothing but who asks is kept with his rights (``Access.kept``): when they change, so do they and
everything kept with them. The values stand in the text, so that the plan is made for them.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from chejian.core import planned

#: questions kept for one set of rights, a few thousand signs each; when there are more, all are
#: forgotten
MOST = 1000
type Kept = dict[Hashable, "Compiled"]


@dataclass(frozen=True)
class Compiled:
    """``sql`` is None where no row can fit. ``converters`` by place: what becomes of the values."""

    sql: str | None
    converters: Sequence[tuple[int, Any]] = ()

    def rows(self) -> list[tuple[Any, ...]]:
        """What stands in the database now, as ``values_list`` gives it."""
        if self.sql is None:
            return []
        found = planned.rows(self.sql)
        return [self._converted(row) for row in found] if self.converters else found

    def _converted(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, (converters, expression) in self.converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return tuple(values)


def compiled(rows: QuerySet[Any]) -> Compiled:
    """The question of a queryset: its ``values_list``, or every field of its model in order."""
    compiler: Any = rows.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Compiled(None)
    shown = [one[0] for one in compiler.select[: compiler.col_count]]
    with connection.cursor() as cursor:
        text = cursor.mogrify(sql, params)
    return Compiled(text, list(compiler.get_converters(shown).items()))


def kept_rows(
    kept: Kept | None, key: Hashable, make: Callable[[], QuerySet[Any]]
) -> list[tuple[Any, ...]]:
    """The rows of ``make()``, which is asked only once. ``key`` names all that it depends on."""
    if kept is None:
        return compiled(make()).rows()
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[key] = compiled(make())
    return found.rows()
