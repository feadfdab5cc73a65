"""The one search box: groups of what is found, newest first for the station (A19)."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.text import query_terms

FIND = """
SELECT kind, subject_id, title, subtitle, data FROM (
    SELECT s.*, row_number() OVER (
        PARTITION BY kind ORDER BY (station_id IS NOT DISTINCT FROM %(here)s) DESC, touched_at DESC
    ) AS place
    FROM (
        SELECT * FROM core_searchentry
        WHERE vector @@ %(query)s::tsquery AND kind = ANY(%(kinds)s)
          AND (station_id IS NULL OR station_id = ANY(%(stations)s))
        LIMIT 400
    ) s
) ranked WHERE place <= %(most)s ORDER BY kind, place
"""


@dataclass(frozen=True)
class Kind:
    """One group of results: its word, icon, URL name and who may see it."""

    code: str
    label: str | Promise
    icon: str
    url: str
    permissions: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind("order", _("Work orders"), "file", "order", (P.VIEW_ORDERS,)),
    Kind("vehicle", _("Vehicles"), "car", "vehicle", (P.VIEW_CUSTOMERS,)),
    Kind("party", pgettext_lazy("menu", "Customers"), "users", "party", (P.VIEW_CUSTOMERS,)),
    Kind("part", _("Parts"), "box", "part", (P.VIEW_CATALOG,)),
)


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


def find(query: str, user: User, here: int, most: int = 6) -> list[Group]:
    """What answers to every word of the query, grouped; nothing for an empty one.

    Orders are those of the stations where the person may see all; the rest is the organisation's.
    """
    terms = query_terms(query)
    kinds = {kind.code: kind for kind in KINDS if user.access.can_any(kind.permissions)}
    if not terms or not kinds:
        return []
    groups: dict[str, list[Hit]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            FIND,
            {
                "query": " & ".join(f"'{_quoted(term)}':*" for term in terms),
                "kinds": list(kinds),
                "stations": user.access.stations_with(P.VIEW_ORDERS),
                "here": here,
                "most": most,
            },
        )
        for code, pk, title, subtitle, data in cursor.fetchall():
            hit = Hit(title, subtitle, reverse(kinds[code].url, args=[pk]), _loaded(data))
            groups.setdefault(code, []).append(hit)
    return [Group(kind, groups[code]) for code, kind in kinds.items() if code in groups]


def _quoted(term: str) -> str:
    return term.replace("\\", "").replace("'", "''")


def _loaded(data: Any) -> dict[str, Any]:
    return dict(json.loads(data) if isinstance(data, str) else data)
