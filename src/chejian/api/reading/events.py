"""The events since a cursor, as far as a person may know of them."""

from typing import Any

from django.db import connection

from chejian.accounts.models import User
from chejian.accounts.permissions import P

#: what one must be allowed to look at to hear of it, by the app of the subject
NEEDED: dict[str, str] = {
    "workorders": P.VIEW_ORDERS,
    "quality": P.VIEW_ORDERS,
    "billing": P.VIEW_ORDERS,
    "inventory": P.VIEW_STOCK,
    "parties": P.VIEW_CUSTOMERS,
    "vehicles": P.VIEW_CUSTOMERS,
    "catalog": P.VIEW_CATALOG,
    "books": P.VIEW_BOOKS,
}
OTHERWISE = P.VIEW_AUDIT
# An event whose transaction began later may be committed earlier. Whatever is younger than the
# oldest transaction still running waits for the next question, so that a cursor never passes by
# an event that is not there yet.
SETTLED = """
NOT (age(e.xmin) >= 0 AND age(e.xmin) <= age(pg_snapshot_xmin(pg_current_snapshot())::xid))
"""
SINCE = f"""
SELECT e.id, e.kind, e.subject_type, e.subject_id, e.station_id, e.actor_id, e.actor_name, e.at
FROM core_event e
WHERE e.id > %(after)s AND {SETTLED} AND (%(subject)s = '' OR e.subject_type = %(subject)s)
    AND (%(kind)s = '' OR e.kind = %(kind)s)
    AND EXISTS (
        SELECT 1 FROM unnest(%(apps)s::text[], %(stations)s::bigint[]) AS may(app, station_id)
        WHERE may.app = CASE WHEN split_part(e.subject_type, '.', 1) = ANY(%(known)s)
                             THEN split_part(e.subject_type, '.', 1) ELSE '' END
            AND (e.station_id IS NULL OR may.station_id = e.station_id))
ORDER BY e.id LIMIT %(limit)s
"""  # noqa: S608 - constant text
NEWEST = f"SELECT e.id FROM core_event e WHERE {SETTLED} ORDER BY e.id DESC LIMIT 1"  # noqa: S608
NAMES = ("id", "kind", "subject", "subject_id", "station_id", "actor_id", "actor_name", "at")


def since(
    user: User, after: int, limit: int, *, subject: str, kind: str
) -> list[dict[str, Any]]:
    """Oldest first. What belongs to no station is heard of by whoever may look anywhere."""
    pairs = [
        (app, station_id)
        for app, code in [*NEEDED.items(), ("", OTHERWISE)]
        for station_id in user.access.stations_with(code)
    ]
    values: dict[str, Any] = {
        "after": after, "limit": limit, "subject": subject, "kind": kind,
        "apps": [app for app, _ in pairs], "stations": [station for _, station in pairs],
        "known": list(NEEDED),
    }
    with connection.cursor() as cursor:
        cursor.execute(SINCE, values)
        return [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]


def newest() -> int:
    """The id of the newest event that no running transaction can precede."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        row = cursor.fetchone()
    return row[0] if row else 0
