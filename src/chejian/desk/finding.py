"""The one search box: groups of what is found, what was here lately first (A19).

Words that fit a great deal ("13", the province of every plate) and words that fit little are found
in different ways, so that neither is slow. The newest orders of the station are read one by one:
whatever is common is among them, and their cars and customers are those of whom people speak; a
new station takes those of the others. Only the kinds that find too little there are looked up in
the index of tokens. When nothing fits at all, slips of typing in plates and numbers are tried. At
most three statements.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.urls import reverse

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.slips import lookalikes, neighbours
from chejian.core.text import query_terms
from chejian.desk.findable import KINDS, Kind

NEWEST = 2000  # orders of the station that are read from the newest
STATIONS = 20  # other stations whose newest are read, together as many, when few fit here
MOVES = 500  # stock moves of the station whose parts count as used lately
ENOUGH = 60  # of the newest orders that fit: their cars and customers fill every group
CANDIDATES = 1000  # of the index: whoever finds more will type one more sign
SLIPPING = ("vehicle", "part")  # whose plates and numbers are mistyped
WHOLE = 4  # from this length on, a number that ends as typed stands before what only begins so

NEAR = """
WITH here AS MATERIALIZED (
    SELECT subject_id, title, subtitle, data, vector @@ %(whole)s::tsquery AS whole, 1 AS near
    FROM (
        SELECT subject_id, title, subtitle, data, vector FROM core_searchentry
        WHERE kind = 'order' AND station_id = %(here)s
        ORDER BY subject_id DESC LIMIT %(newest)s
    ) newest
    WHERE vector @@ %(query)s::tsquery ORDER BY subject_id DESC LIMIT %(enough)s
), elsewhere AS MATERIALIZED (
    SELECT e.subject_id, e.title, e.subtitle, e.data, e.vector @@ %(whole)s::tsquery AS whole,
           0 AS near
    FROM unnest(%(others)s::bigint[]) AS station(id)
    CROSS JOIN LATERAL (
        SELECT subject_id, title, subtitle, data, vector FROM core_searchentry
        WHERE kind = 'order' AND station_id = station.id
        ORDER BY subject_id DESC LIMIT %(there)s
    ) e
    WHERE (SELECT count(*) FROM here) < %(most)s AND e.vector @@ %(query)s::tsquery
    LIMIT %(enough)s
), orders AS MATERIALIZED (
    SELECT e.*, o.vehicle_id, o.customer_id
    FROM (SELECT * FROM here UNION ALL SELECT * FROM elsewhere) e
    JOIN workorders_workorder o ON o.id = e.subject_id
), known AS (
    SELECT 'vehicle' AS kind, vehicle_id AS id, max(near) AS near, max(subject_id) AS lately
    FROM orders GROUP BY 2
    UNION ALL
    SELECT 'party', customer_id, max(near), max(subject_id) FROM orders GROUP BY 2
    UNION ALL
    SELECT 'part', part_id, 1, max(id) FROM (
        SELECT part_id, id FROM inventory_stockmove
        WHERE station_id = %(here)s ORDER BY id DESC LIMIT %(moves)s
    ) moved GROUP BY 2
)
SELECT 'order', subject_id, title, subtitle, data, whole, near, subject_id FROM orders
WHERE 'order' = ANY(%(kinds)s) AND (near = 0 OR %(here)s = ANY(%(stations)s))
UNION ALL
SELECT k.kind, k.id, e.title, e.subtitle, e.data, e.whole, k.near, k.lately
FROM known k CROSS JOIN LATERAL (
    SELECT title, subtitle, data, vector @@ %(whole)s::tsquery AS whole FROM core_searchentry
    WHERE kind = k.kind AND subject_id = k.id AND vector @@ %(query)s::tsquery LIMIT 1
) e
WHERE k.kind = ANY(%(kinds)s)
ORDER BY 7 DESC, 8 DESC
"""

# Materialized, so that the planner uses the index of tokens: it cannot know how much a beginning
# fits, and would else walk all entries from the newest.
FAR = """
(WITH found AS MATERIALIZED (
    SELECT subject_id, title, subtitle, data, station_id, touched_at,
           vector @@ %(whole)s::tsquery AS whole
    FROM core_searchentry
    WHERE kind = '{kind}' AND vector @@ %({words})s::tsquery
      AND (station_id IS NULL OR station_id = ANY(%(stations)s))
    LIMIT %(candidates)s
)
SELECT '{kind}', subject_id, title, subtitle, data, whole, 0 FROM found
ORDER BY whole DESC, station_id = %(here)s DESC, touched_at DESC, subject_id DESC
LIMIT %(most)s)
"""

# One look into the index per guess: hundreds of them in one tsquery would be weighed a thousand
# times slower.
SIMILAR = """
(SELECT DISTINCT ON (e.subject_id) '{kind}', e.subject_id, e.title, e.subtitle, e.data,
        guess.place <= %(twins)s AS twin, guess.place, e.touched_at
 FROM unnest(%(guesses)s::text[]) WITH ORDINALITY AS guess(words, place)
 CROSS JOIN LATERAL (
    SELECT subject_id, title, subtitle, data, touched_at FROM core_searchentry
    WHERE kind = '{kind}' AND vector @@ guess.words::tsquery LIMIT %(most)s
 ) e
 ORDER BY e.subject_id, guess.place)
"""


@dataclass(frozen=True)
class Hit:
    title: str
    subtitle: str
    url: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Group:
    kind: Kind
    hits: list[Hit]
    more: bool = False


@dataclass(frozen=True)
class Answer:
    """What was found. ``similar``: nothing fits as it was typed, these differ by a slip."""

    groups: list[Group] = field(default_factory=list)
    similar: bool = False

    @property
    def count(self) -> int:
        return sum(len(group.hits) for group in self.groups)


@dataclass(frozen=True)
class Row:
    kind: str
    pk: int
    title: str
    subtitle: str
    data: dict[str, Any]
    whole: bool


def find(query: str, user: User, here: int, most: int = 6) -> Answer:
    """What answers to every word of the query, grouped; nothing for an empty one.

    Orders are those of the stations where the person may see all; the rest is the organisation's.
    """
    terms = query_terms(query)
    kinds = [kind for kind in KINDS if user.access.can_any(kind.permissions)]
    if not terms or not kinds:
        return Answer()
    asked: dict[str, Any] = {
        "query": _all(terms, "':*"),
        "whole": _all(terms, "'"),
        "kinds": [kind.code for kind in kinds],
        "stations": user.access.stations_with(P.VIEW_ORDERS),
        "here": here, "most": most + 1, "newest": NEWEST, "enough": ENOUGH, "moves": MOVES,
        "candidates": CANDIDATES,
    }
    others = [pk for pk in asked["stations"] if pk != here][:STATIONS]
    asked |= {"others": others, "there": NEWEST // max(len(others), 5)}
    found = _exact(asked, kinds, most, number=_is_number(terms))
    if found:
        return Answer(_grouped(found, kinds, most))
    return Answer(_grouped(_similar(terms, asked), kinds, most), similar=True)


def _all(terms: Iterable[str], end: str) -> str:
    """A tsquery of all terms; they hold letters, digits and Chinese characters only."""
    return " & ".join(f"'{term}{end}" for term in terms)


def _is_number(terms: Sequence[str]) -> bool:
    return len(terms) == 1 and len(terms[0]) >= WHOLE and any(map(str.isdigit, terms[0]))


def _exact(asked: dict[str, Any], kinds: list[Kind], most: int, *, number: bool) -> list[Row]:
    """From the newest orders; then, for what is rare, from the index.

    A number is always looked up whole as well: the last four of a plate are found however many
    others hold these digits somewhere.
    """
    rows = _read(NEAR, asked)
    counts = {kind.code: sum(1 for row in rows if row.kind == kind.code) for kind in kinds}
    parts = [
        FAR.format(kind=code, words="whole" if count > most else "query")
        for code, count in counts.items() if count <= most or number
    ]
    if parts:
        rows += _read("UNION ALL".join(parts), asked)
    once: dict[tuple[str, int], Row] = {}
    for row in rows:
        once.setdefault((row.kind, row.pk), row)
    return sorted(once.values(), key=lambda row: number and not row.whole)


def _similar(terms: list[str], asked: dict[str, Any]) -> list[Row]:
    """Cars and parts whose plate or number differs by a slip: look-alikes first, then the newest.

    What is too short to have a slip, and what is no number, finds nothing.
    """
    at = max(range(len(terms)), key=lambda place: len(terms[place]))
    twins, others = lookalikes(terms[at]), neighbours(terms[at])
    kinds = [kind for kind in asked["kinds"] if kind in SLIPPING]
    if not kinds or not (twins or others):
        return []
    rest = [f" & '{term}':*" for place, term in enumerate(terms) if place != at]
    guesses = [f"'{guess}':*{''.join(rest)}" for guess in (*twins, *others)]
    sql = "UNION ALL".join(SIMILAR.format(kind=kind) for kind in kinds)
    return _read(
        f"SELECT * FROM ({sql}) found ORDER BY twin DESC, touched_at DESC",  # noqa: S608 - our own
        {"guesses": guesses, "twins": len(twins), "most": asked["most"]},
    )


def _read(sql: str, asked: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return [
            Row(kind, pk, title, subtitle, _loaded(data), whole)
            for kind, pk, title, subtitle, data, whole, *_rest in cursor.fetchall()
        ]


def _loaded(data: Any) -> dict[str, Any]:
    return dict(json.loads(data) if isinstance(data, str) else data)


def _grouped(rows: list[Row], kinds: list[Kind], most: int) -> list[Group]:
    groups = []
    for kind in kinds:
        mine = [row for row in rows if row.kind == kind.code]
        if mine:
            groups.append(Group(kind, [_hit(row, kind) for row in mine[:most]], len(mine) > most))
    return groups


def _hit(row: Row, kind: Kind) -> Hit:
    return Hit(row.title, row.subtitle, reverse(kind.url, args=[row.pk]), row.data)
