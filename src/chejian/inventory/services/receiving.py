"""Goods coming in: a simple receipt, or the opening of a part's stock. Made for many lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.books import chart
from chejian.books.kinds import EntryKind
from chejian.books.models import JournalEntry
from chejian.books.services import Line, post
from chejian.catalog.models import Part
from chejian.core.money import ZERO, fen
from chejian.core.numbering import draw_number
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.inventory import costing
from chejian.inventory.errors import BadReceipt
from chejian.inventory.locking import Place, lock_levels, save_levels
from chejian.inventory.models import (
    Bin,
    StockLevel,
    StockMove,
    StockReceipt,
    StockReceiptLine,
    Warehouse,
)
from chejian.inventory.services.reserving import fill_waiting
from chejian.parties.models import Party

NUMBER = "GR"
ENTRY_KINDS = {"opening": EntryKind.STOCK_OPENING, "receipt": EntryKind.STOCK_RECEIPT}
AGAINST = {"opening": chart.OPENING_BALANCE, "receipt": chart.GOODS_NOT_INVOICED}
PUT = """
INSERT INTO inventory_binlevel AS b (level_id, bin_id, quantity)
SELECT level_id, bin_id, sum(quantity) FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[])
    AS t(level_id, bin_id, quantity) GROUP BY level_id, bin_id
ON CONFLICT (level_id, bin_id) DO UPDATE SET quantity = b.quantity + excluded.quantity
"""


@dataclass(frozen=True)
class ReceiptLine:
    """What comes in, its cost net of VAT. Without ``bin_code`` it goes to the bin remembered."""

    part: Part
    quantity: Decimal
    unit_cost: Decimal
    bin_code: str = ""
    tax_rate: Decimal = Decimal("0.13")

    @property
    def net(self) -> Decimal:
        return costing.receipt_value(self.quantity, self.unit_cost)


@verb
@replayable(StockReceipt)
def receive(
    *,
    warehouse: Warehouse,
    lines: Sequence[ReceiptLine],
    kind: str = StockReceipt.Kind.RECEIPT,
    supplier: Party | None = None,
    note: str = "",
    by: User,
    at: datetime,
    key: UUID | None = None,
) -> StockReceipt:
    """Take goods in, remember their bins, and fill waiting reservations, oldest first.

    Posts one entry: Dr stock, Cr goods received not invoiced (``kind="opening"``: opening balance).
    Bins that do not exist yet are made. Eight hundred lines take some dozens of statements. Raises
    BadReceipt.
    """
    _check(lines)
    levels = lock_levels((line.part.pk, warehouse.pk) for line in lines)
    bins = _bins(warehouse, lines, levels)
    _raise_levels(lines, levels, warehouse)
    _put(lines, levels, bins, warehouse)
    fill_waiting(levels, by=by, at=at)
    save_levels(levels.values())
    receipt = _write(warehouse, lines, kind, supplier, note, by, at)
    _write_lines(receipt, lines, bins)
    emit(
        "stock.received", receipt, station_id=receipt.station_id, by=by, at=at,
        number=receipt.number, lines=len(lines), net=receipt.total_net,
    )
    return receipt


def _check(lines: Sequence[ReceiptLine]) -> None:
    if not lines:
        raise BadReceipt(_("There is nothing to receive."), line=0)
    for number, line in enumerate(lines, start=1):
        exact = line.quantity == round(line.quantity, 3) and line.unit_cost == round(
            line.unit_cost, 4
        )
        if line.quantity <= 0 or line.unit_cost < 0 or not exact:
            words = {"n": number, "part": str(line.part)}
            raise BadReceipt(
                _("Line %(n)s, %(part)s: a quantity above zero and a cost not below it.") % words,
                line=number,
            )


def _bins(
    warehouse: Warehouse, lines: Sequence[ReceiptLine], levels: dict[Place, StockLevel]
) -> list[Bin]:
    """The bin of each line: the one named, else the one remembered, else the floor."""
    codes = {line.bin_code.strip() for line in lines}
    Bin.objects.bulk_create(
        [Bin(warehouse=warehouse, code=code) for code in sorted(codes)], ignore_conflicts=True
    )
    known = {bin_.code: bin_ for bin_ in Bin.objects.filter(warehouse=warehouse, code__in=codes)}
    remembered = Bin.objects.in_bulk(
        [level.last_bin_id for level in levels.values() if level.last_bin_id]
    )
    chosen: list[Bin] = []
    for line in lines:
        level = levels[line.part.pk, warehouse.pk]
        bin_ = known[line.bin_code.strip()]
        if not bin_.code and level.last_bin_id:
            bin_ = remembered[level.last_bin_id]
        remembered[bin_.pk] = level.last_bin = bin_
        chosen.append(bin_)
    return chosen


def _raise_levels(
    lines: Sequence[ReceiptLine], levels: dict[Place, StockLevel], warehouse: Warehouse
) -> None:
    for line in lines:
        level = levels[line.part.pk, warehouse.pk]
        level.quantity += line.quantity
        level.value += line.net


def _put(
    lines: Sequence[ReceiptLine],
    levels: dict[Place, StockLevel],
    bins: Sequence[Bin],
    warehouse: Warehouse,
) -> None:
    columns: list[list[int] | list[Decimal]] = [
        [levels[line.part.pk, warehouse.pk].pk for line in lines],
        [bin_.pk for bin_ in bins],
        [line.quantity for line in lines],
    ]
    with connection.cursor() as cursor:
        cursor.execute(PUT, columns)


def _write(
    warehouse: Warehouse,
    lines: Sequence[ReceiptLine],
    kind: str,
    supplier: Party | None,
    note: str,
    by: User,
    at: datetime,
) -> StockReceipt:
    """Number, entry and document, in this order: the number is drawn late."""
    day = timezone.localdate(at)
    net = sum((line.net for line in lines), ZERO)
    number = draw_number(
        kind=NUMBER, station_id=warehouse.station_id, station_code=warehouse.station.code, on=day
    )
    entry: JournalEntry | None = None
    if net:
        entry = post(
            station_id=warehouse.station_id, kind=ENTRY_KINDS[kind], label=number,
            lines=[Line(chart.STOCK, net), Line(AGAINST[kind], -net, supplier)],
            occurred_on=day, by=by, at=at,
        )
    return StockReceipt.objects.create(
        station_id=warehouse.station_id, number=number, kind=kind, warehouse=warehouse,
        supplier=supplier, supplier_note=note, total_net=net,
        total_tax=sum((fen(line.net * line.tax_rate) for line in lines), ZERO),
        occurred_on=day, at=at, by=by, entry=entry,
    )


def _write_lines(
    receipt: StockReceipt, lines: Sequence[ReceiptLine], bins: Sequence[Bin]
) -> None:
    moves = StockMove.objects.bulk_create(
        StockMove(
            station_id=receipt.station_id, part=line.part, warehouse=receipt.warehouse, bin=bin_,
            kind=receipt.kind, quantity=line.quantity, value=line.net, label=receipt.number,
            entry=receipt.entry, occurred_on=receipt.occurred_on, at=receipt.at, by=receipt.by,
        )
        for line, bin_ in zip(lines, bins, strict=True)
    )
    StockReceiptLine.objects.bulk_create(
        StockReceiptLine(
            receipt=receipt, part=line.part, bin=bin_, quantity=line.quantity,
            unit_cost=line.unit_cost, net=line.net, tax_rate=line.tax_rate, move=move,
        )
        for line, bin_, move in zip(lines, bins, moves, strict=True)
    )
