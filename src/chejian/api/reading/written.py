"""Questions of the API that are put into SQL once: the rows of one thing, as dictionaries.

    CONCERNS = Written(lambda pk: Concern.objects.filter(order_id=pk), {"id": "id", ...})
    CONCERNS.of(7)

To turn a query over wide tables into SQL costs more than to carry it out (``core.ready`` does the
same for whole rows).
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.db import models

from chejian.core import planned
from chejian.core.ready import STAND_IN


class Written:
    """``columns``: what the answer calls a value, and where it stands. The only value is an id."""

    def __init__(
        self, build: Callable[[int], models.QuerySet[Any, Any]], columns: Mapping[str, str]
    ) -> None:
        self._build, self._names = build, tuple(columns)
        self._paths = tuple(columns.values())

    @cached_property
    def _statement(self) -> tuple[str, list[Any]]:
        rows = self._build(STAND_IN).values_list(*self._paths)
        compiler: Any = rows.query.get_compiler(using=rows.db)
        sql, params = compiler.as_sql()
        if list(params).count(STAND_IN) != 1 or any(
            compiler.get_converters([one[0] for one in compiler.select])
        ):
            raise TypeError(f"this cannot be written once: {sql} {params}")
        return sql, list(params)

    def of(self, pk: int) -> list[dict[str, Any]]:
        """The rows of the thing with that id."""
        sql, params = self._statement
        values = [pk if value == STAND_IN else value for value in params]
        return [dict(zip(self._names, row, strict=True)) for row in planned.rows(sql, values)]
