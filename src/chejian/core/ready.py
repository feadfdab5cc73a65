"""Queries that are put into SQL once, not each time that they are asked.

To turn a queryset over wide tables into SQL costs more than to carry it out. Where a query is
asked all day it is written down beside its use, only its values change, and the database keeps its
plan (``core.planned``)::

    BY_ID = Ready(lambda pk: WorkOrder.objects.select_related("station").filter(pk=pk))
    order = BY_ID.first(7)

The function gets stand-ins for its values: whole numbers that no id ever has. Whatever it does
with them must leave them whole in the statement (equality, ``=`` on keys; no arithmetic). What is
not a whole number, or changes the text of the statement, is given by name and kept with it, so it
must be hashable and have few values: ``BY_ID.first(7, stations=(1, 2))``.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.fetch_modes import FETCH_ONE
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

from chejian.core import planned

#: far below every id, and told apart from each other
STAND_IN = -7_000_000_000_000_000
MOST_SHAPES = 256


class Ready[M: models.Model]:
    """A query of whole rows, with what ``select_related`` and ``annotate`` bring along."""

    def __init__(self, build: Callable[..., models.QuerySet[M]]) -> None:
        self._build = build
        self._known: dict[Any, _Statement[M] | None] = {}

    def first(self, *values: int, **shape: Any) -> M | None:
        """The first row, or None. The query should end after one."""
        return next(self._rows(values, shape), None)

    def all(self, *values: int, **shape: Any) -> list[M]:
        """Every row, in the query's order."""
        return list(self._rows(values, shape))

    def _rows(self, values: Sequence[int], shape: dict[str, Any]) -> Iterator[M]:
        key = tuple(shape.values())
        try:
            statement = self._known[key]
        except KeyError:
            statement = self._write(len(values), shape)
            if len(self._known) >= MOST_SHAPES:
                self._known.clear()
            self._known[key] = statement
        return iter(()) if statement is None else statement.run(values)

    def _write(self, count: int, shape: dict[str, Any]) -> "_Statement[M] | None":
        stand_ins = [STAND_IN - place for place in range(count)]
        try:
            return _Statement(self._build(*stand_ins, **shape), stand_ins)
        except EmptyResultSet:  # such as the rows of no station at all
            return None


class _Statement[M: models.Model]:
    """SQL, where its values go, and how a row becomes an object."""

    def __init__(self, rows: models.QuerySet[M], stand_ins: Sequence[int]) -> None:
        compiler = rows.query.get_compiler(using=rows.db)
        self.locks = rows.query.select_for_update
        self.sql, params = compiler.as_sql()
        self.params = list(params)
        self.places = [
            (place, stand_ins.index(value)) for place, value in enumerate(self.params)
            if type(value) is int and value in stand_ins
        ]
        fixed = [value for value in self.params if type(value) is not int]
        if any(str(stand_in)[1:] in f"{self.sql} {fixed}" for stand_in in stand_ins):
            raise ValueError(f"a value did not stay whole: {self.sql} {fixed}")
        select, info = compiler.select, compiler.klass_info
        fields = info["select_fields"]
        self.model: type[M] = info["model"]
        self.first, self.last = fields[0], fields[-1] + 1
        self.names = [column[0].target.attname for column in select[self.first:self.last]]
        self.related = get_related_populators(info, select, rows.db, FETCH_ONE)
        self.also = list((compiler.annotation_col_map or {}).items())
        self.converters = list(compiler.get_converters([column[0] for column in select]).items())

    def run(self, values: Sequence[int]) -> Iterator[M]:
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("rows are locked in a transaction only")
        params = self.params.copy()
        for place, which in self.places:
            params[place] = values[which]
        return map(self._object, planned.rows(self.sql, params))

    def _object(self, row: Sequence[Any]) -> M:
        if self.converters:
            row = self._converted(row)
        made = self.model.from_db(connection.alias, self.names, row[self.first:self.last])
        for related in self.related:
            related.populate(row, made)
        for name, place in self.also:
            setattr(made, name, row[place])
        return made

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, (converters, expression) in self.converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return values
