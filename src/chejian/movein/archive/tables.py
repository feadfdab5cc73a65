"""Which tables an archive holds, which rows of them are a station's, and how columns are told.

A station's archive has the station's documents (rows that name it, and what hangs on them) and the
organisation's shared records (customers, cars, catalogue, people), without which they mean nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pghistory.models
import psycopg
from django.apps import apps
from django.db import connection, models
from django.db.models import Q

ANSWERS_ONLY_HERE = frozenset({
    "core.ReplayKey", "accounts.ExportJob", "accounts.ApiToken", "accounts.LoginFailure",
    "accounts.Session", "movein.Archive",
})
"""Keys, tokens and downloads of this house: they mean nothing elsewhere, or must not leave it."""
NEVER = {"password": "'!'"}
"""Columns that never leave, and what stands in their place: a password nobody can have."""
SEALED = ("_sealed", "identity_index")


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    required: bool
    points_to: str = ""
    note: str = ""


@dataclass(frozen=True)
class TableOf:
    """A table of the archive. ``history`` is an audit table kept by triggers."""

    model: type[models.Model]
    history: bool = False

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def path(self) -> str:
        app, _dot, table = self.label.partition(".")
        return f"tables/{app}/{table}.csv" if not self.history else f"history/{app}/{table}.csv"

    @property
    def key(self) -> str:
        """The column of its primary key."""
        return str(getattr(self.model._meta.pk, "column", ""))

    @property
    def columns(self) -> list[Column]:
        return [_column(field) for field in self.model._meta.concrete_fields]


def _column(field: "models.Field[Any, Any]") -> Column:
    target = field.related_model if field.is_relation else None
    points_to = target._meta.db_table if isinstance(target, type) else ""
    name, note = str(field.column), ""
    if name in NEVER:
        note = "never exported"
    elif is_sealed(name):
        note = "encrypted; empty in the archive, in clear in secrets.csv if that was asked for"
    return Column(name, field.db_type(connection) or "", not field.null, points_to, note)


def is_sealed(column: str) -> bool:
    return column.endswith(SEALED)


@cache
def tables() -> tuple[TableOf, ...]:
    """Every table of ours, the pointed-to before the pointing where that is possible."""
    ours = [
        TableOf(model, issubclass(model, pghistory.models.Event))
        for config in apps.get_app_configs()
        if config.name.startswith("chejian.")
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label not in ANSWERS_ONLY_HERE
    ]
    contexts = TableOf(pghistory.models.Context, history=True)
    return (*(table for table in ours if not table.history), contexts,
            *(table for table in ours if table.history))


def chosen(station_id: int | None) -> Iterator[TableOf]:
    """The change history is the whole house's: a station's archive goes without it."""
    for table in tables():
        if station_id is None or not table.history:
            yield table


# --- rows of a station --------------------------------------------------------------------------
def rows_of(model: type[models.Model], station_id: int | None) -> "models.QuerySet[models.Model]":
    """All rows, or those of the station with the rows that belong to nobody in particular."""
    rows = model._base_manager.order_by("pk")
    if station_id is None:
        return rows
    if model._meta.label == "accounts.Station":
        return rows
    paths = paths_to_station(model)
    if not paths:
        return rows
    wanted = Q()
    for path in paths:
        wanted |= Q(**{path: station_id})
    own = [field.name for field in model._meta.concrete_fields if field.attname == "station_id"]
    if own and model._meta.get_field(own[0]).null:
        wanted |= Q(**{f"{paths[0]}__isnull": True})
    return rows.filter(wanted)


@cache
def paths_to_station(model: type[models.Model]) -> tuple[str, ...]:
    """How a row leads to its station: itself, else through what it belongs to. None: shared."""
    return _paths(model, frozenset())


def _paths(model: type[models.Model], seen: frozenset[str]) -> tuple[str, ...]:
    fields = model._meta.concrete_fields
    if any(field.attname == "station_id" for field in fields):
        return ("station_id",)
    optional: list[str] = []
    for field in fields:
        target = field.related_model if field.is_relation else None
        if not isinstance(target, type) or model._meta.label in seen or target is model:
            continue
        deeper = _paths(target, seen | {model._meta.label})
        if deeper and not field.null:
            return tuple(f"{field.name}__{path}" for path in deeper)
        optional += [f"{field.name}__{path}" for path in deeper]
    return tuple(optional)


def select(table: TableOf, station_id: int | None) -> str:
    """The statement whose rows go into the archive, its figures put in: COPY takes no others."""
    columns = ", ".join(_told(column.name) for column in table.columns)
    query = rows_of(table.model, station_id).values("pk").query
    inner, values = query.sql_with_params()
    key = table.key
    return (  # the names are those of our own tables
        f'SELECT {columns} FROM "{table.name}" '  # noqa: S608
        f'WHERE "{key}" IN ({_with_values(inner, values)}) ORDER BY "{key}"'
    )


def _told(column: str) -> str:
    if column in NEVER:
        return f'{NEVER[column]} AS "{column}"'
    return f"'' AS \"{column}\"" if is_sealed(column) else f'"{column}"'


def _with_values(sql: str, values: Sequence[object]) -> str:
    connection.ensure_connection()
    cursor = psycopg.ClientCursor(connection.connection)
    return cursor.mogrify(sql, tuple(values))
