"""The events since a cursor, as far as a person may know of them."""

from dataclasses import dataclass
from time import monotonic, sleep
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
# Ids are drawn in the order of time, but transactions end in any order: an event may appear below
# others that are there already. Whoever has written to the table holds this lock until he is
# done, and he took it before he drew an id.
WRITING = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE relation = 'core_event'::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid <> pg_backend_pid()
"""
NEWEST = "SELECT coalesce(max(id), 0) FROM core_event"
PATIENCE, STEP = 0.25, 0.01  # seconds: most transactions are over in milliseconds
SINCE = """
SELECT e.id, e.kind, e.subject_type, e.subject_id, e.station_id, e.actor_id, e.actor_name, e.at
FROM core_event e
WHERE e.id > %(after)s AND e.id <= %(until)s AND (%(subject)s = '' OR e.subject_type = %(subject)s)
    AND (%(kind)s = '' OR e.kind = %(kind)s)
    AND EXISTS (
        SELECT 1 FROM unnest(%(apps)s::text[], %(stations)s::bigint[]) AS may(app, station_id)
        WHERE may.app = CASE WHEN split_part(e.subject_type, '.', 1) = ANY(%(known)s)
                             THEN split_part(e.subject_type, '.', 1) ELSE '' END
            AND (e.station_id IS NULL OR may.station_id = e.station_id))
ORDER BY e.id LIMIT %(limit)s
"""
NAMES = ("id", "kind", "subject", "subject_id", "station_id", "actor_id", "actor_name", "at")


@dataclass(frozen=True)
class Told:
    """``upto``: everything up to this id was looked at, whether it concerns the person or not."""

    events: list[dict[str, Any]]
    upto: int


_sure = 0
"""The highest id that was once found settled; it stays so."""


def settled(patience: float = PATIENCE) -> int:
    """The id up to which every event is there that will ever be.

    Waits for those who were writing when it looked. One who takes longer than ``patience``
    (seconds), such as an import, holds the news back: then it is what was sure before.
    """
    global _sure  # noqa: PLW0603 - what is settled is so for every request of this process
    newest: int = _column(NEWEST)[0]
    end = monotonic() + patience
    waiting = set(_column(WRITING))
    while waiting:
        if monotonic() > end:
            return min(_sure, newest)
        sleep(STEP)
        waiting &= set(_column(WRITING))
    _sure = max(_sure, newest)
    return newest


def _column(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def since(user: User, after: int, limit: int, *, subject: str, kind: str) -> Told:
    """Oldest first. What belongs to no station is heard of by whoever may look anywhere."""
    until = settled()
    pairs = [
        (app, station_id)
        for app, code in [*NEEDED.items(), ("", OTHERWISE)]
        for station_id in user.access.stations_with(code)
    ]
    values: dict[str, Any] = {
        "after": after, "until": until, "limit": limit, "subject": subject, "kind": kind,
        "apps": [app for app, _ in pairs], "stations": [station for _, station in pairs],
        "known": list(NEEDED),
    }
    with connection.cursor() as cursor:
        cursor.execute(SINCE, values)
        rows = [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]
    return Told(rows, rows[-1]["id"] if len(rows) == limit else max(after, until))
