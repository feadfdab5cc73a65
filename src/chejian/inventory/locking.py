"""Locking stock levels and writing them: here and nowhere else. The order: docs/locking.md.

Whoever changes a level, its bins or a reservation on it first holds the level's lock. A verb that
needs several takes them all by one call; they are locked in the order of their ids, so two verbs
never wait for each other in a circle.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from chejian.core import planned
from chejian.inventory.models import StockLevel

type Place = tuple[int, int]
"""Ids of a part and a warehouse."""

BORN = """
INSERT INTO inventory_stocklevel (part_id, warehouse_id, quantity, reserved, value)
SELECT part_id, warehouse_id, 0, 0, 0 FROM unnest(%s::bigint[], %s::bigint[])
    AS t(part_id, warehouse_id) ORDER BY part_id, warehouse_id
ON CONFLICT (part_id, warehouse_id) DO NOTHING
"""
NAMES = [field.attname for field in StockLevel._meta.concrete_fields]
LOCK = f"""
SELECT {", ".join(f"l.{field.column}" for field in StockLevel._meta.concrete_fields)}
FROM inventory_stocklevel l
JOIN unnest(%s::bigint[], %s::bigint[]) AS t(part_id, warehouse_id) USING (part_id, warehouse_id)
ORDER BY l.id FOR NO KEY UPDATE OF l
"""  # noqa: S608 - our own names
SAVE = """
UPDATE inventory_stocklevel l SET quantity = t.quantity, reserved = t.reserved, value = t.value,
    last_bin_id = t.last_bin_id
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::bigint[])
    AS t(id, quantity, reserved, value, last_bin_id)
WHERE l.id = t.id
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
    alias = connection.alias
    levels = (StockLevel.from_db(alias, NAMES, row) for row in planned.rows(LOCK, columns))
    return {(level.part_id, level.warehouse_id): level for level in levels}


def save_levels(levels: Iterable[StockLevel]) -> None:
    """Write the figures of locked levels back, in one statement."""
    rows = list(levels)
    columns: list[Any] = [
        [level.pk for level in rows],
        [level.quantity for level in rows],
        [level.reserved for level in rows],
        [level.value for level in rows],
        [level.last_bin_id for level in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(SAVE, columns)
