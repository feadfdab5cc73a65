"""What triggers and foreign keys would have said, asked of everything that stands there."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from chejian.core.states import TransitionTable
from chejian.workorders.states import JOB, WORK_ORDER

FOREIGN_KEYS = """
SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, f.attname
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]
WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
AND array_length(c.conkey, 1) = 1 ORDER BY 1, 2
"""
ORPHANS = "SELECT {cells} FROM {table} t {joins} WHERE ({missing}) LIMIT 5"
LAWS = {
    "postings of an entry sum to zero":
        "SELECT entry_id FROM books_posting GROUP BY entry_id HAVING sum(amount) <> 0",
    "shares of a job sum to one":
        "SELECT job_id FROM workorders_assignment GROUP BY job_id HAVING sum(share) <> 1",
    "payers of a line sum to one":
        "SELECT job_id, part_line_id FROM workorders_lineshare "
        "GROUP BY job_id, part_line_id HAVING sum(rate) <> 1",
    "nothing is posted into a closed month":
        "SELECT e.id FROM books_journalentry e JOIN books_periodclose c USING (station_id) "
        "WHERE date_trunc('month', e.occurred_on) = c.month AND e.posted_at > c.closed_at",
    "a level of the ledger is never below zero":
        "SELECT part_id, warehouse_id FROM (SELECT part_id, warehouse_id, sum(quantity) "
        "OVER (PARTITION BY part_id, warehouse_id ORDER BY id) AS now FROM inventory_stockmove) m "
        "WHERE now < 0",
    "a technician has one clock at a time":
        "SELECT technician_id FROM workorders_timeentry WHERE ended_at IS NULL "
        "GROUP BY 1 HAVING count(*) > 1",
}
#: what is compared is large, and compared once
ROOM = "SET LOCAL work_mem = '256MB'"
#: the changes of one document, from its first state along the arrows to where it stands
CHAIN = """
WITH changes AS (
    SELECT {owner}_id AS owner, source, target,
           lag(target, 1, %(initial)s) OVER w AS before,
           row_number() OVER (PARTITION BY {owner}_id ORDER BY id DESC) AS from_last
    FROM {changes} WINDOW w AS (PARTITION BY {owner}_id ORDER BY id))
SELECT owner FROM changes WHERE source <> before
    OR (source, target) NOT IN (SELECT * FROM unnest(%(sources)s::text[], %(targets)s::text[]))
UNION ALL
SELECT d.id FROM {document} d LEFT JOIN changes c ON c.owner = d.id AND c.from_last = 1
WHERE d.status <> coalesce(c.target, %(initial)s)
LIMIT 20
"""


def prove() -> list[str]:
    """Every law that does not hold, with the rows; empty when all do."""
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
    return [*_references(), *_laws(), *_chain(WORK_ORDER, "workorders_workorder", "order",
            "workorders_statuschange"), *_chain(JOB, "workorders_jobline", "job",
            "workorders_jobstatuschange")]


def _rows(sql: str, values: dict[str, Any] | None = None) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchmany(20))


def _references() -> list[str]:
    """Each table is read once for all that it refers to."""
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
        keys = cursor.fetchall()
    return [wrong for table, those in groupby(keys, itemgetter(0))
            for wrong in _orphans(table, [key[1:] for key in those])]


def _orphans(table: str, keys: list[tuple[str, str, str]]) -> list[str]:
    joins, missing = [], []
    for number, (column, target, key) in enumerate(keys):
        joins.append(f'LEFT JOIN {target} f{number} ON f{number}."{key}" = t."{column}"')
        missing.append(f't."{column}" IS NOT NULL AND f{number}."{key}" IS NULL')
    cells = ", ".join(f't."{column}", {lost}' for (column, *_), lost
                      in zip(keys, missing, strict=True))
    rows = _rows(ORPHANS.format(
        cells=cells, table=table, joins=" ".join(joins), missing=") OR (".join(missing)))
    return [f"{table}.{column} = {row[2 * number]}: no such row of {target}"
            for number, (column, target, _key) in enumerate(keys)
            for row in rows if row[2 * number + 1]]


def _laws() -> list[str]:
    return [f"{name}: {row}" for name, sql in LAWS.items() for row in _rows(f"{sql} LIMIT 5")]


def _chain(table: TransitionTable, document: str, owner: str, changes: str) -> list[str]:
    sql = CHAIN.format(document=document, owner=owner, changes=changes)
    arrows = [(arrow.source, arrow.target) for arrow in table]
    rows = _rows(sql, {"initial": table.initial, "sources": [source for source, _ in arrows],
                       "targets": [target for _, target in arrows]})
    return [f"{document} {row[0]}: its changes do not lead to its status" for row in rows]
