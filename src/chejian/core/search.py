"""The search index: one row per findable thing, tokens of our own, kept by the writers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL

from chejian.core.text import query_terms

UPSERT = """
INSERT INTO core_searchentry AS s
    (kind, subject_id, station_id, title, subtitle, data, vector, touched_at)
SELECT kind, subject_id, station_id, title, subtitle, data::jsonb,
       array_to_tsvector(string_to_array(tokens, chr(31))), touched_at
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
            %s::text[], %s::timestamptz[])
     AS t(kind, subject_id, station_id, title, subtitle, data, tokens, touched_at)
ON CONFLICT (kind, subject_id) DO UPDATE SET station_id = excluded.station_id,
    title = excluded.title, subtitle = excluded.subtitle, data = excluded.data,
    vector = excluded.vector, touched_at = excluded.touched_at
"""


# A value and no EXISTS, which the planner may answer by reading every entry that fits.
ANSWERS = (
    "COALESCE((SELECT e.vector @@ %s::tsquery FROM core_searchentry e"
    " WHERE e.kind = '{kind}' AND e.subject_id = {column}), false)"
)


@dataclass(frozen=True)
class Findable:
    """What is to be found, and the tokens (core.text.search_tokens) it answers to."""

    kind: str
    subject_id: int
    title: str
    tokens: Iterable[str]
    touched_at: datetime
    subtitle: str = ""
    station_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def index(*things: Findable) -> None:
    """Write or rewrite the entries in one statement."""
    if not things:
        return
    columns: list[list[Any]] = [
        [t.kind for t in things],
        [t.subject_id for t in things],
        [t.station_id for t in things],
        [t.title[:200] for t in things],
        [t.subtitle[:300] for t in things],
        [json.dumps(t.data) for t in things],
        ["\x1f".join(sorted({token for token in t.tokens if token})) for t in things],
        [t.touched_at for t in things],
    ]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, columns)


def forget(kind: str, ids: Sequence[int]) -> None:
    """Take entries out, for what was merged away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_searchentry WHERE kind = %s AND subject_id = ANY(%s)",
            [kind, list(ids)],
        )


@dataclass(frozen=True)
class Fits:
    """Asks a single row whether it answers to words: by the entries that it leads to.

    ``entries`` are kinds of entries with the column of the row that holds their id, such as
    ``("party", "customer_id")``.
    """

    entries: tuple[tuple[str, str], ...]

    def condition(self, model: type[Model], words: str) -> RawSQL:
        """The same as a condition over all rows of ``model``."""
        table = model._meta.db_table
        columns = [
            f'"{table}"."{_field(model, name)}"' for _kind, name in self.entries
        ]
        values = [prefix_query(words)] * len(columns)
        return RawSQL(self._sql(columns), values, output_field=BooleanField())  # noqa: S611

    def among(self, rows: "QuerySet[Any]", words: str, most: int) -> list[int]:
        """The ids of the first ``most`` of these ordered rows that answer; it stops with them.

        ``rows`` is bounded: all of it is read when few answer.
        """
        names = [name for _kind, name in self.entries if name != "pk"]
        inner, values = rows.values_list("pk", *names).query.sql_with_params()
        own = {"pk": "near.n0"} | {name: f"near.n{at}" for at, name in enumerate(names, 1)}
        columns = ", ".join(f"n{at}" for at in range(len(names) + 1))
        fits = self._sql([own[name] for _kind, name in self.entries])
        sql = f"SELECT n0 FROM ({inner}) AS near({columns}) WHERE {fits} LIMIT {int(most)}"  # noqa: S608 - our own
        query = [prefix_query(words)] * len(self.entries)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, *query])
            return [row[0] for row in cursor.fetchall()]

    def _sql(self, columns: Sequence[str]) -> str:
        parts = (
            ANSWERS.format(kind=kind, column=column)
            for (kind, _name), column in zip(self.entries, columns, strict=True)
        )
        return f"({' OR '.join(parts)})"


def _field(model: type[Model], name: str) -> str:
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(found.column)  # type: ignore[union-attr]


def these(ids: Sequence[int]) -> RawSQL:
    """Thousands of ids as one value, for ``pk__in``: as many values would take longer to read."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def prefix_query(text: str) -> str:
    """What was typed as a tsquery over the tokens: every term begins one. Empty: nothing to find.

    Cast it (``%s::tsquery``): the parser of ``to_tsquery`` would cut Chinese its own way.
    """
    return " & ".join(f"'{term}':*" for term in query_terms(text))
