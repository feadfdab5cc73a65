"""The search index: one row per findable thing, tokens of our own, kept by the writers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

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


def prefix_query(text: str) -> str:
    """What was typed as a tsquery over the tokens: every term begins one. Empty: nothing to find.

    Cast it (``%s::tsquery``): the parser of ``to_tsquery`` would cut Chinese its own way.
    """
    return " & ".join(f"'{term}':*" for term in query_terms(text))
