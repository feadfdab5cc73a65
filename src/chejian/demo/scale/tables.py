"""The tables as the database has them: names, columns, sequences, references. No model is asked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

#: what is not poured: queues, Django's own, what is written by its own service afterwards
LEFT_OUT = ("procrastinate_", "django_", "auth_", "core_searchentry", "core_replaykey",
            "core_documentcounter", "workorders_orderpaper")
#: ids made for reading lie where no other number of the product does: 7tttnnnnnnnnnnnn
MARK, ROOM = 7 * 10**15, 10**12
MARK_OF_SHORT = 2 * 10**9  # tables whose key has four bytes; nothing refers to them

TABLES = """
SELECT t.relname, k.attname, format_type(k.atttypid, -1),
       pg_get_serial_sequence(format('%I', t.relname), k.attname),
       (SELECT array_agg(c.attname::text ORDER BY c.attnum) FROM pg_attribute c
        WHERE c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
        AND c.attgenerated = '')
FROM pg_class t
JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary AND i.indnkeyatts = 1
JOIN pg_attribute k ON k.attrelid = t.oid AND k.attnum = i.indkey[0]
WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace ORDER BY t.relname
"""
LAST = (
    "SELECT '{table.name}', CASE WHEN is_called THEN last_value ELSE 0 END FROM {table.sequence}"
)


@dataclass(frozen=True)
class Table:
    name: str
    key: str
    sequence: str
    columns: tuple[str, ...]
    mark: int

    @property
    def column_list(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)


def read_tables() -> dict[str, Table]:
    """Every table with a counted key that may hold rows of a visit."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        rows = [row for row in cursor.fetchall() if row[3] and not row[0].startswith(LEFT_OUT)]
    return {
        name: Table(name, key, sequence, tuple(columns),
                    MARK_OF_SHORT if kind == "integer" else MARK + number * ROOM)
        for number, (name, key, kind, sequence, columns) in enumerate(rows)
    }


def raw() -> "psycopg.Connection[Any]":
    """The driver's connection, for COPY."""
    connection.ensure_connection()
    driver: psycopg.Connection[Any] = connection.connection
    return driver


def last_values(tables: Sequence[Table]) -> dict[str, int]:
    """The last number that each table's sequence gave; 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(LAST.format(table=table) for table in tables))
        return dict(cursor.fetchall())


def set_values(values: dict[str, int], tables: dict[str, Table]) -> None:
    """Let each sequence go on after the given number."""
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT setval(%s, %s, %s)",
                           [tables[name].sequence, max(value, 1), value > 0])


@contextmanager
def marked_ids(tables: dict[str, Table]) -> Iterator[None]:
    """Inside, new rows get ids that cannot be mistaken for another number; then all as before."""
    before = last_values(list(tables.values()))
    set_values({name: table.mark for name, table in tables.items()}, tables)
    try:
        yield
    finally:
        set_values(before, tables)
