"""Out to an order and back from it. Value follows at moving average; a return at its own cost."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.books import chart
from chejian.books.kinds import EntryKind
from chejian.books.models import JournalEntry
from chejian.books.services import Line, post
from chejian.catalog.models import Part
from chejian.core import planned
from chejian.core.outbox import emit
from chejian.core.rows import insert, update
from chejian.core.verbs import verb
from chejian.inventory import costing
from chejian.inventory.errors import (
    InsufficientStock,
    NotAnIssue,
    ReservationOver,
    ReturnTooLarge,
    WrongReservation,
)
from chejian.inventory.locking import lock_level, save_levels
from chejian.inventory.models import Bin, StockLevel, StockMove, StockReservation, Warehouse
from chejian.inventory.services import bins
from chejian.inventory.services.reserving import check_quantity, fill_waiting

ENTRY_KINDS: dict[str, str] = {
    StockMove.Kind.ISSUE: EntryKind.STOCK_ISSUE,
    StockMove.Kind.RETURN: EntryKind.STOCK_RETURN,
}


@verb
def issue(
    *,
    part: Part,
    warehouse: Warehouse,
    quantity: Decimal,
    label: str,
    by: User,
    at: datetime,
    bin: Bin | None = None,  # noqa: A002 - the trade's word
    reservation: StockReservation | None = None,
) -> StockMove:
    """Take parts out for the document named by ``label``. The row carries negative figures.

    Its reservation, if given, is used up first. Posts Dr work in progress, Cr stock. Raises
    InsufficientStock(part, wanted, available), InsufficientInBin, BadQuantity, WrongReservation,
    ReservationOver.
    """
    check_quantity(quantity)
    level = lock_level(part.pk, warehouse.pk)
    level.part, level.warehouse = part, warehouse
    held = _use(reservation, level, quantity, at) if reservation else Decimal(0)
    free = level.available + held
    if quantity > free:
        raise InsufficientStock(part, quantity, free)
    value = costing.issue_value(quantity, on_hand=level.quantity, value=level.value)
    taken_from = bins.take(level, quantity, bin)
    level.quantity -= quantity
    level.value -= value
    level.reserved -= min(held, quantity)
    save_levels([level])
    move = _append(StockMove.Kind.ISSUE, level, -quantity, -value, label, taken_from, by, at)
    emit(
        "stock.issued", move, station_id=move.station_id, by=by, at=at,
        part=part.number, quantity=quantity, label=label,
    )
    return move


def _use(
    reservation: StockReservation, level: StockLevel, quantity: Decimal, at: datetime
) -> Decimal:
    """Use up the reservation (fresh after it) and say how much of it was held."""
    reservation.refresh_from_db()
    if (reservation.part_id, reservation.warehouse_id) != (level.part_id, level.warehouse_id):
        raise WrongReservation(_("The reservation is for another part or warehouse."))
    if reservation.released_at is not None:
        raise ReservationOver(_("This reservation is over already."), label=reservation.label)
    held = reservation.held
    reservation.used += min(quantity, reservation.quantity - reservation.used)
    reservation.held -= min(quantity, held)
    reservation.released_at = at if reservation.used == reservation.quantity else None
    update(reservation, "used", "held", "released_at")
    return held


RETURNED = """
SELECT coalesce(sum(quantity), 0), coalesce(sum(value), 0) FROM inventory_stockmove
WHERE returns_id = %s
"""


@verb
def return_issue(
    *,
    move: StockMove,
    quantity: Decimal,
    label: str,
    by: User,
    at: datetime,
    bin: Bin | None = None,  # noqa: A002 - the trade's word
) -> StockMove:
    """Take parts of an issue back at that issue's own cost; the last return takes the rest.

    They go to the bin given, else to the one they came from, and fill waiting reservations. Posts
    Dr stock, Cr work in progress. Raises ReturnTooLarge, NotAnIssue, BadQuantity.
    """
    check_quantity(quantity)
    if move.kind != StockMove.Kind.ISSUE:
        raise NotAnIssue(_("Only an issue can be taken back."))
    level = lock_level(move.part_id, move.warehouse_id)
    level.part, level.warehouse = move.part, move.warehouse
    ((returned, returned_value),) = planned.rows(RETURNED, [move.pk])
    issued = -move.quantity
    if quantity > issued - returned:
        raise ReturnTooLarge(level.part, quantity, issued - returned)
    value = costing.return_value(
        quantity, issued=issued, issued_value=-move.value,
        returned=returned, returned_value=returned_value,
    )
    put_to = bins.put(level, quantity, bin or move.bin)
    level.quantity += quantity
    level.value += value
    fill_waiting({(level.part_id, level.warehouse_id): level}, by=by, at=at)
    save_levels([level])
    back = _append(
        StockMove.Kind.RETURN, level, quantity, value, label, put_to, by, at, returns=move
    )
    emit(
        "stock.returned", back, station_id=back.station_id, by=by, at=at,
        part=level.part.number, quantity=quantity, label=label,
    )
    return back


def _append(
    kind: StockMove.Kind,
    level: StockLevel,
    quantity: Decimal,
    value: Decimal,
    label: str,
    bin_: Bin | None,
    by: User,
    at: datetime,
    returns: StockMove | None = None,
) -> StockMove:
    """Post the value and append the line of the ledger that carries it."""
    station_id = level.warehouse.station_id
    day = timezone.localdate(at)
    move = StockMove(
        station_id=station_id, part_id=level.part_id, warehouse_id=level.warehouse_id, bin=bin_,
        kind=kind, quantity=quantity, value=value, label=label, returns=returns,
        entry=_post(kind, value, station_id, label, day, by, at),
        occurred_on=day, at=at, by=by,
    )
    insert(move)
    return move


def _post(
    kind: str, value: Decimal, station_id: int, label: str, day: date, by: User, at: datetime
) -> JournalEntry | None:
    """Stock against work in progress; nothing to post for what is worth nothing."""
    if value == 0:
        return None
    return post(
        station_id=station_id,
        kind=ENTRY_KINDS[kind],
        label=label,
        lines=[Line(chart.STOCK, value), Line(chart.WORK_IN_PROGRESS, -value)],
        occurred_on=day, by=by, at=at,
    )
