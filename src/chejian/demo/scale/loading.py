"""The database while much is written: triggers asleep, indexes away, and everything back after."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from chejian.demo.scale.anew import SPEAK_NOW
from chejian.demo.scale.tables import Table, set_values

#: rows beyond which it is quicker to build an index anew than to keep it
WORTH_REBUILDING = 20_000
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisunique
AND t.relname = ANY(%s) ORDER BY 1
"""
COUNTERS = """
INSERT INTO core_documentcounter (kind, station_id, year, last)
SELECT k, s.id, y, l FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[]) AS n(k, c, y, l)
JOIN accounts_station s ON s.code = n.c
ON CONFLICT (kind, station_id, year) DO UPDATE SET last = excluded.last
"""


@contextmanager
def triggers_asleep() -> Iterator[None]:
    """No trigger and no foreign key speaks inside; both are asked for afterwards (``proofs``)."""
    _role("replica")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _role("origin")


def _role(role: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('session_replication_role', %s, true)", [role])
    except DatabaseError as error:
        raise CommandError(
            "The database user may not set session_replication_role, which --scale needs. "
            "Use the database that Chejian brings, or: "
            "GRANT SET ON PARAMETER session_replication_role TO <user>"
        ) from error


@contextmanager
def without_indexes(tables: list[str], rows: int) -> Iterator[None]:
    """Drop the indexes that are no constraint, and build them anew in the same transaction."""
    if rows < WORTH_REBUILDING:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(SPEAK_NOW)
        cursor.execute(INDEXES, [tables])
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(SPEAK_NOW)
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in found:
            cursor.execute(definition)


def document_numbers() -> dict[tuple[str, str, int], int]:
    """The last number of every kind, station and year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.kind, s.code, c.year, c.last FROM core_documentcounter c "
                       "JOIN accounts_station s ON s.id = c.station_id")
        return {(kind, code, year): last for kind, code, year, last in cursor.fetchall()}


def write_counters(
    numbers: Mapping[tuple[str, str, int], int], last: Mapping[str, int],
    tables: dict[str, Table],
) -> None:
    """Numbers and ids go on after what was poured."""
    rows = [(*key, value) for key, value in sorted(numbers.items())]
    with connection.cursor() as cursor:
        cursor.execute(COUNTERS, [list(column) for column in zip(*rows, strict=True)])
    set_values(dict(last), tables)
