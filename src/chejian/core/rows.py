"""Rows written by one short statement whose text is kept: what verbs do all day.

The same as ``save`` and ``bulk_create`` for models without signals and without a ``save`` of their
own, at a third of their cost. Defaults, keys of rows that were just written and what a field does
before it is saved are kept; the database's own triggers and constraints speak as ever.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ObjectNotUpdated
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

type Field = models.Field[Any, Any]

MOST_AT_ONCE = 200

#: what a field of such a kind saves as it is; everything else it is asked for
PLAIN: tuple[tuple[Any, type], ...] = (
    (models.CharField, str), (models.TextField, str), (models.IntegerField, int),
    (models.ForeignKey, int), (models.BooleanField, bool), (models.DecimalField, Decimal),
    (models.DateTimeField, datetime),
)


@dataclass(frozen=True)
class _Column:
    """A field, where its value stands in a row, and the type that it saves as it is."""

    field: Field
    name: str
    plain: type | None

    def value(self, row: models.Model, *, add: bool) -> Any:
        value = row.__dict__.get(self.name)
        if type(value) is self.plain:
            return value
        if value is None and isinstance(self.field, models.ForeignKey):
            self._take_key(row)
        value = self.field.pre_save(row, add)
        if isinstance(value, DatabaseDefault):
            raise TypeError(f"{self.field} gets its value from the database: use save")
        return self.field.get_db_prep_save(value, connection)

    def _take_key(self, row: models.Model) -> None:
        """The key of a row that was written after it was named here."""
        named = row._state.fields_cache.get(self.field.name)
        if named is None:
            return
        if named.pk is None:
            raise ValueError(f"{self.field} names a row that is not written yet")
        setattr(row, self.field.name, named)


def _column(field: Field) -> _Column:
    by_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    plain = next((plain for kind, plain in PLAIN if isinstance(field, kind)), None)
    return _Column(field, field.attname, None if by_itself else plain)


def insert[M: models.Model](*rows: M) -> None:
    """Write new rows of one model in one statement; each has its id after it.

    Raises ValueError for a row that names another which is not written yet.
    """
    for start in range(0, len(rows), MOST_AT_ONCE):
        _insert(rows[start:start + MOST_AT_ONCE])


def _insert[M: models.Model](rows: tuple[M, ...]) -> None:
    columns, sql = _insertion(type(rows[0]), len(rows), keyed=rows[0].pk is not None)
    values = [column.value(row, add=True) for row in rows for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        made = cursor.fetchall()
    for row, (pk,) in zip(rows, made, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=512)
def _insertion(model: type[models.Model], count: int, *, keyed: bool) -> tuple[list[_Column], str]:
    """The columns to be filled, and the statement for so many rows."""
    options = model._meta
    fields = [field for field in options.concrete_fields if keyed or not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    return [_column(field) for field in fields], (
        f'INSERT INTO "{options.db_table}" ({names}) VALUES '  # noqa: S608 - our own names
        f'{", ".join([row] * count)} RETURNING "{options.pk.column}"'
    )


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row that is known to be there. Raises ObjectNotUpdated."""
    columns, sql = _change(type(row), names)
    values = [column.value(row, add=False) for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])
        if not cursor.rowcount:
            raise ObjectNotUpdated(f"{row._meta.label} {row.pk} is not there")


@lru_cache(maxsize=512)
def _change(model: type[models.Model], names: tuple[str, ...]) -> tuple[list[_Column], str]:
    options = model._meta
    columns = [_column(options.get_field(name)) for name in names]  # type: ignore[arg-type]
    changed = ", ".join(f'"{column.field.column}" = %s' for column in columns)
    return columns, (
        f'UPDATE "{options.db_table}" SET {changed} '  # noqa: S608 - our own names
        f'WHERE "{options.pk.column}" = %s'
    )
