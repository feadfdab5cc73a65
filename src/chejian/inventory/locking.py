"""Locking stock levels: spelled here and nowhere else. The order is written in docs/locking.md.

Whoever changes a level, its bins or a reservation on it first holds the level's lock. A verb that
needs several takes them all by one call; they are locked in the order of their ids, so two verbs
never wait for each other in a circle.
"""

from collections.abc import Iterable

from django.db import connection

from chejian.inventory.models import StockLevel

type Place = tuple[int, int]
"""Ids of a part and a warehouse."""

BORN = """
INSERT INTO inventory_stocklevel (part_id, warehouse_id, quantity, reserved, value)
SELECT part_id, warehouse_id, 0, 0, 0 FROM unnest(%s::bigint[], %s::bigint[])
    AS t(part_id, warehouse_id) ORDER BY part_id, warehouse_id
ON CONFLICT (part_id, warehouse_id) DO NOTHING
"""
FIND = """
SELECT l.id FROM inventory_stocklevel l
JOIN unnest(%s::bigint[], %s::bigint[]) AS t(part_id, warehouse_id) USING (part_id, warehouse_id)
"""


def lock_levels(places: Iterable[Place]) -> dict[Place, StockLevel]:
    """Lock the levels of these places in id order, making those that are missing."""
    wanted = sorted(set(places))
    columns = [[part for part, _ in wanted], [warehouse for _, warehouse in wanted]]
    found = _lock(columns)
    if len(found) < len(wanted):
        with connection.cursor() as cursor:
            cursor.execute(BORN, columns)
        found = _lock(columns)
    return found


def lock_level(part_id: int, warehouse_id: int) -> StockLevel:
    """Lock one level."""
    place = (part_id, warehouse_id)
    return lock_levels([place])[place]


def _lock(columns: list[list[int]]) -> dict[Place, StockLevel]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, columns)
        ids = [row[0] for row in cursor.fetchall()]
    levels = StockLevel.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return {(level.part_id, level.warehouse_id): level for level in levels}
