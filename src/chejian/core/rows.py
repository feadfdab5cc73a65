"""Rows written by one short statement whose text is kept: what verbs do all day.

The same as ``save`` and ``bulk_create`` for models without signals and without a ``save`` of their
own, at a third of their cost. Defaults, keys of rows that were just written and what a field does
before it is saved are kept; the database's own triggers and constraints speak as ever.
"""

from functools import lru_cache
from typing import Any

from django.core.exceptions import ObjectNotUpdated
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

MOST_AT_ONCE = 200

type Field = models.Field[Any, Any]


def insert[M: models.Model](*rows: M) -> None:
    """Write new rows of one model in one statement; each has its id after it.

    Raises ValueError for a row that names another which is not written yet.
    """
    for start in range(0, len(rows), MOST_AT_ONCE):
        _insert(rows[start:start + MOST_AT_ONCE])


def _insert[M: models.Model](rows: tuple[M, ...]) -> None:
    model = type(rows[0])
    keyed = rows[0].pk is not None
    fields, sql = _insertion(model, len(rows), keyed=keyed)
    values = [_value(field, row, add=True) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        made = cursor.fetchall()
    for row, (pk,) in zip(rows, made, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=512)
def _insertion(
    model: type[models.Model], count: int, *, keyed: bool
) -> tuple[list[Field], str]:
    """The columns to be filled, and the statement for so many rows."""
    options = model._meta
    fields = [field for field in options.concrete_fields if keyed or not field.primary_key]
    columns = ", ".join(_quoted(field) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    return fields, (
        f'INSERT INTO "{options.db_table}" ({columns}) VALUES '  # noqa: S608 - our own names
        f"{', '.join([row] * count)} RETURNING {_quoted(options.pk)}"
    )


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row that is known to be there. Raises ObjectNotUpdated."""
    fields, sql = _change(type(row), names)
    values = [_value(field, row, add=False) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])
        if not cursor.rowcount:
            raise ObjectNotUpdated(f"{row._meta.label} {row.pk} is not there")


@lru_cache(maxsize=512)
def _change(model: type[models.Model], names: tuple[str, ...]) -> tuple[list[Field], str]:
    options = model._meta
    fields: list[Field] = [options.get_field(name) for name in names]  # type: ignore[misc]
    columns = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    return fields, (
        f'UPDATE "{options.db_table}" SET {columns} '  # noqa: S608 - our own names
        f"WHERE {_quoted(options.pk)} = %s"
    )


def _quoted(field: Field) -> str:
    return f'"{field.column}"'


def _value(field: Field, row: models.Model, *, add: bool) -> Any:
    if isinstance(field, models.ForeignKey) and field.is_cached(row):
        _take_key(field, row)
    value = field.pre_save(row, add)
    if isinstance(value, DatabaseDefault):
        raise TypeError(f"{field} gets its value from the database: use save")
    return field.get_db_prep_save(value, connection)


def _take_key(field: models.ForeignKey[Any, Any], row: models.Model) -> None:
    """The key of a row that was written after it was named here."""
    named = field.get_cached_value(row)
    if named is None or getattr(row, field.attname) is not None:
        return
    if named.pk is None:
        raise ValueError(f"{field} names a row that is not written yet")
    setattr(row, field.name, named)
