"""How many rows a page reads: every statement's plan is run, every scan of a big table counted.

A page of twenty-five rows may read some hundreds: the rows, and what hangs on each. A scan that
reads more grows with the shop, whatever the planner calls it: a sequence, or an index walked for a
filter that it does not know.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

#: tables with fewer rows do not grow with the orders: stations, people, parts, shelves
SMALL = 1000
#: one scan of one statement; pages have 25 rows, searches look at some dozens of each kind
MOST = 400


@dataclass(frozen=True)
class Scan:
    rows: int
    table: str
    statement: str

    def __str__(self) -> str:
        return f"{self.rows} rows of {self.table}: {self.statement[:700]}"


def sizes() -> dict[str, int]:
    """Rows of every table, as the planner knows them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r'")
        return dict(cursor.fetchall())


def long_scans(client: Client, path: str, big: dict[str, int], **headers: str) -> list[Scan]:
    """Every scan of the page that reads more than it should."""
    client.get(path, **headers)  # the first page of a session notes when it was seen
    with CaptureQueriesContext(connection) as seen:
        response = client.get(path, **headers)
        if response.streaming:
            list(response)
    assert response.status_code == 200, (path, response.status_code)
    statements = [query["sql"] for query in seen.captured_queries]
    return [
        Scan(count, table, sql)
        for sql in statements if re.match(r"\s*(SELECT|WITH)\b", sql) and "set_config" not in sql
        for count, table in _scans(sql)
        if count > MOST and big.get(table, 0) > SMALL
    ]


def _scans(sql: str) -> Iterator[tuple[int, str]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        answer = cursor.fetchone()[0]
        transaction.set_rollback(True)
    plans = json.loads(answer) if isinstance(answer, str) else answer
    for node in _nodes(plans[0]["Plan"]):
        if "Relation Name" in node and "Scan" in node["Node Type"]:
            read = sum(node.get(name, 0) for name in (
                "Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"))
            yield round(read * node["Actual Loops"]), node["Relation Name"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
