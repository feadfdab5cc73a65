"""Tables made anew in the present transaction, with the few rows that they had.

What COPY writes into such a table needs no log (where ``wal_level`` is ``minimal``, as the embedded
database is started for this command), is frozen at once, so that no vacuum reads it all again, and
goes to indexes that hold nothing of the moulds' ids, which lie to the right of every other.
"""

from collections.abc import Sequence

from django.db import connection

from chejian.demo.scale.tables import raw

#: a table is emptied together with all that refer to it
REFERRING = """
WITH RECURSIVE chosen AS (
    SELECT oid FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname = ANY(%s)
    UNION
    SELECT k.conrelid FROM pg_constraint k JOIN chosen ON chosen.oid = k.confrelid
    WHERE k.contype = 'f')
SELECT oid::regclass::text FROM chosen ORDER BY 1
"""
#: a table cannot change while deferred triggers wait for it
SPEAK_NOW = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
#: of a table made in this very transaction
COPY_IN = "COPY {} FROM STDIN WITH (FREEZE)"


def make_anew(names: Sequence[str]) -> None:
    """Give these tables, and all that refer to them, new files; their rows stay.

    The triggers must sleep (``loading.triggers_asleep``): those of the ledgers refuse it. Must not
    stand in a savepoint of its own, or the database would not take frozen rows after it.
    """
    with connection.cursor() as cursor:
        cursor.execute(SPEAK_NOW)
        cursor.execute(REFERRING, [list(names)])
        tables = [name for (name,) in cursor.fetchall()]
        kept = {name: rows for name in tables if (rows := _rows(name))}
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
    for name, rows in kept.items():
        with raw().cursor().copy(COPY_IN.format(name)) as copy:
            copy.write(rows)


def _rows(name: str) -> bytes:
    with raw().cursor().copy(f"COPY {name} TO STDOUT") as copy:
        return b"".join(copy)
