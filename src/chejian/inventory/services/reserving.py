"""Setting pieces aside for a document, and giving them back to those who wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.core import planned
from chejian.core.outbox import emit
from chejian.core.rows import insert
from chejian.core.verbs import verb
from chejian.inventory.errors import BadQuantity, ReservationOver
from chejian.inventory.locking import Place, lock_level, save_levels
from chejian.inventory.models import StockLevel, StockReservation, Warehouse

WAITING = """
SELECT r.id FROM inventory_stockreservation r
JOIN unnest(%s::bigint[], %s::bigint[]) AS t(part_id, warehouse_id) USING (part_id, warehouse_id)
WHERE r.released_at IS NULL AND r.quantity > r.used + r.held ORDER BY r.id
"""


@verb
def reserve(
    *, part: Part, warehouse: Warehouse, quantity: Decimal, label: str, by: User, at: datetime
) -> StockReservation:
    """Promise ``quantity`` to the document named by ``label``: what is free is held at once.

    The rest is short and is filled, oldest reservation first, by whatever comes in. Raises
    BadQuantity.
    """
    check_quantity(quantity)
    level = lock_level(part.pk, warehouse.pk)
    held = min(quantity, level.available)
    reservation = StockReservation(
        station_id=warehouse.station_id, part=part, warehouse=warehouse, quantity=quantity,
        held=held, label=label, created_at=at, created_by=by,
    )
    insert(reservation)
    level.reserved += held
    save_levels([level])
    emit(
        "stock.reserved", reservation, station_id=warehouse.station_id, by=by, at=at,
        part=part.number, quantity=quantity, held=held, label=label,
    )
    return reservation


@verb
def release(*, reservation: StockReservation, by: User, at: datetime) -> StockReservation:
    """Give up what is still promised; others who wait get it. Raises ReservationOver."""
    level = lock_level(reservation.part_id, reservation.warehouse_id)
    fresh = StockReservation.objects.get(pk=reservation.pk)
    if fresh.released_at is not None:
        raise ReservationOver(_("This reservation is over already."), label=fresh.label)
    freed, fresh.held, fresh.released_at = fresh.held, Decimal(0), at
    fresh.save(update_fields=["held", "released_at"])
    level.reserved -= freed
    fill_waiting({(level.part_id, level.warehouse_id): level}, by=by, at=at)
    save_levels([level])
    emit(
        "stock.released", fresh, station_id=fresh.station_id, by=by, at=at,
        quantity=freed, label=fresh.label,
    )
    return fresh


def fill_waiting(
    levels: Mapping[Place, StockLevel], *, by: User, at: datetime
) -> list[StockReservation]:
    """Hold free pieces for waiting reservations, oldest first. The levels are locked already.

    Changes ``level.reserved`` in memory; the caller saves the levels.
    """
    filled: list[StockReservation] = []
    for reservation in _waiting(list(levels)):
        level = levels[reservation.part_id, reservation.warehouse_id]
        short = reservation.quantity - reservation.used - reservation.held
        taken = min(short, level.available)
        if taken > 0:
            reservation.held += taken
            level.reserved += taken
            filled.append(reservation)
    if filled:
        StockReservation.objects.bulk_update(filled, ["held"])
    for reservation in filled:
        emit(
            "reservation.filled", reservation, station_id=reservation.station_id, by=by, at=at,
            label=reservation.label, held=reservation.held,
        )
    return filled


def _waiting(places: Sequence[Place]) -> list[StockReservation]:
    columns = [[part for part, _ in places], [warehouse for _, warehouse in places]]
    ids = [pk for (pk,) in planned.rows(WAITING, columns)]
    return list(StockReservation.objects.filter(pk__in=ids).order_by("pk")) if ids else []


def check_quantity(quantity: Decimal) -> None:
    """Above zero and not finer than the ledger. Raises BadQuantity."""
    if quantity <= 0 or quantity != round(quantity, 3):
        raise BadQuantity(
            _("The quantity must be above zero, with at most three decimals."),
            field="quantity", quantity=str(quantity),
        )
