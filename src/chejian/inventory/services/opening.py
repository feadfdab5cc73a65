"""Opening stock as the move-in brings it: warehouses by name, quantities with their cost.

The ledger is written by ``receive`` alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.core.outbox import emit
from chejian.core.text import pinyin_readings
from chejian.core.verbs import verb
from chejian.inventory.locking import lock_levels
from chejian.inventory.models import Bin, StockLevel, StockMove, StockReceipt, Warehouse
from chejian.inventory.services.receiving import ReceiptLine, receive
from chejian.inventory.services.reversing import taken_back

CODE_LENGTH = 6


@dataclass(frozen=True)
class OpeningLine:
    """What lies in a bin at the start. With nothing on hand only the bin is remembered."""

    part: Part
    quantity: Decimal
    unit_cost: Decimal
    bin_code: str = ""


@verb
def ensure_warehouses(
    *, station_id: int, names: Iterable[str], by: User, at: datetime
) -> dict[str, Warehouse]:
    """The station's warehouses of these names; missing ones are made, coded by their initials."""
    wanted = list(dict.fromkeys(names))
    rows = list(Warehouse.objects.filter(station_id=station_id))
    known = {warehouse.name: warehouse for warehouse in rows}
    codes = {warehouse.code for warehouse in rows}
    for name in wanted:
        if name in known:
            continue
        code = _free_code(name, codes)
        codes.add(code)
        made = Warehouse.objects.create(station_id=station_id, code=code, name=name)
        Bin.objects.create(warehouse=made, code="")
        emit("warehouse.created", made, station_id=station_id, by=by, at=at, name=name)
        known[name] = made
    return {name: known[name] for name in wanted}


def _free_code(name: str, taken: set[str]) -> str:
    """ZC for 主仓; ZC2 when that is taken."""
    readings = pinyin_readings(name)
    initials = "".join(part[0] for part in readings[0]) if readings else ""
    base = (initials or "W").upper()[:CODE_LENGTH]
    numbered = (f"{base}{n}" for n in range(2, 1000))
    return next(code for code in (base, *numbered) if code not in taken)


def opened_places(warehouses: Iterable[Warehouse]) -> dict[tuple[int, int], Decimal]:
    """Quantity now of every (part, warehouse) that already has a move: it is not opened again.

    An opening that was taken back whole leaves its place as if nothing had been.
    """
    ids = [warehouse.pk for warehouse in warehouses]
    moved = set(
        StockMove.objects.filter(warehouse_id__in=ids)
        .values_list("part_id", "warehouse_id")
        .distinct()
    )
    moved -= taken_back(ids)
    levels = StockLevel.objects.filter(warehouse_id__in=ids)
    rows = levels.values_list("part_id", "warehouse_id", "quantity")
    return {(part, place): quantity for part, place, quantity in rows if (part, place) in moved}


@verb
def open_stock(
    *, warehouse: Warehouse, lines: Sequence[OpeningLine], note: str, by: User, at: datetime
) -> StockReceipt | None:
    """Take in what is on hand as one opening receipt; remember the bins of the rest.

    Returns None when nothing is on hand. Raises BadReceipt.
    """
    present = [line for line in lines if line.quantity > 0]
    receipt = None
    if present:
        receipt = receive(
            warehouse=warehouse,
            lines=[ReceiptLine(x.part, x.quantity, x.unit_cost, x.bin_code) for x in present],
            kind=StockReceipt.Kind.OPENING, note=note, by=by, at=at,
        )
    _remember_bins(warehouse, [line for line in lines if line.quantity == 0 and line.bin_code])
    return receipt


def _remember_bins(warehouse: Warehouse, lines: Sequence[OpeningLine]) -> None:
    codes = {line.bin_code for line in lines}
    Bin.objects.bulk_create(
        [Bin(warehouse=warehouse, code=code) for code in sorted(codes)], ignore_conflicts=True
    )
    bins = {bin_.code: bin_ for bin_ in Bin.objects.filter(warehouse=warehouse, code__in=codes)}
    levels = lock_levels((line.part.pk, warehouse.pk) for line in lines)
    for line in lines:
        level = levels[line.part.pk, warehouse.pk]
        level.last_bin = level.last_bin or bins[line.bin_code]
    StockLevel.objects.bulk_update(levels.values(), ["last_bin"], batch_size=1000)
