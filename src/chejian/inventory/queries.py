"""Reading stock: what is there, what is free, where it lies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.urls import reverse

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.core import planned
from chejian.core.documents import link_to
from chejian.inventory.models import (
    StockLevel,
    StockMove,
    StockReceipt,
    StockReceiptLine,
    StockReservation,
)

NONE = Decimal(0)


@dataclass(frozen=True)
class PlaceStock:
    """A part in one warehouse, with the bin remembered for it."""

    warehouse_id: int
    warehouse: str
    bin: str
    quantity: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        return self.quantity - self.reserved


@dataclass
class Availability:
    """A part at a station, over its warehouses in use; the fullest place stands first."""

    part_id: int
    places: list[PlaceStock] = field(default_factory=list)

    @property
    def quantity(self) -> Decimal:
        return sum((place.quantity for place in self.places), NONE)

    @property
    def reserved(self) -> Decimal:
        return sum((place.reserved for place in self.places), NONE)

    @property
    def available(self) -> Decimal:
        return self.quantity - self.reserved

    @property
    def bin(self) -> str:
        return self.places[0].bin if self.places else ""


AVAILABLE = """
SELECT l.part_id, l.warehouse_id, w.name, coalesce(b.code, ''), l.quantity, l.reserved
FROM inventory_stocklevel l JOIN inventory_warehouse w ON w.id = l.warehouse_id
LEFT JOIN inventory_bin b ON b.id = l.last_bin_id
WHERE l.part_id = ANY(%s::bigint[]) AND w.station_id = %s AND w.active
ORDER BY l.quantity DESC, w.code
"""


def availability(part_ids: Collection[int], station_id: int) -> dict[int, Availability]:
    """What each part has at the station: every id asked for is in the answer. One statement."""
    found = {part_id: Availability(part_id) for part_id in part_ids}
    for part_id, *place in planned.rows(AVAILABLE, [list(found), station_id]):
        found[part_id].places.append(PlaceStock(*place))
    return found


def stock_rows(user: User, station_id: int) -> QuerySet[StockLevel]:
    """The levels of a station with what a list of stock shows, sorts and filters by.

    ``available``, ``bin_code``, ``part_name_key``, ``part_number``, and ``at_station``: the part's
    quantity over all the station's warehouses, which its safety stock is compared with.
    """
    same = StockLevel.objects.filter(
        part=OuterRef("part"), warehouse__station=OuterRef("warehouse__station")
    )
    return (
        StockLevel.objects.visible_to(user)
        .filter(warehouse__station_id=station_id)
        .select_related("part", "warehouse")
        .annotate(
            free=F("quantity") - F("reserved"),
            bin_code=Coalesce("last_bin__code", Value("")),
            part_name_key=F("part__name_key"),
            part_number=F("part__number"),
            at_station=Subquery(
                same.order_by().values("part").annotate(sum=Sum("quantity")).values("sum")
            ),
        )
    )


def below_safety(rows: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
    """Those of ``stock_rows`` whose part has less at the station than its safety stock."""
    return rows.filter(
        Q(part__safety_stock__gt=0) & LessThan(F("at_station"), F("part__safety_stock"))
    )


def short(rows: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
    """Those on which a document waits for pieces."""
    waiting = StockReservation.objects.filter(
        part=OuterRef("part"), warehouse=OuterRef("warehouse"), released_at=None,
        quantity__gt=F("used") + F("held"),
    )
    return rows.filter(Exists(waiting))


def stock_value(user: User, station_id: int) -> Decimal:
    """Value of all stock of a station, net of VAT."""
    rows = StockLevel.objects.visible_to(user).filter(warehouse__station_id=station_id)
    return rows.aggregate(sum=Sum("value"))["sum"] or NONE


@dataclass(frozen=True)
class LedgerRow:
    """A move with the quantity that its warehouse held after it."""

    move: StockMove
    after: Decimal
    link: str

    @property
    def unit_cost(self) -> Decimal:
        return abs(self.move.value / self.move.quantity)


def with_balances(moves: Sequence[StockMove], part: Part) -> list[LedgerRow]:
    """Moves of one part, newest first, each with the balance after it, in one more statement."""
    if not moves:
        return []
    sums = (
        StockMove.objects.filter(part=part, pk__lte=moves[0].pk)
        .order_by()
        .values_list("warehouse_id")
        .annotate(sum=Sum("quantity"))
    )
    balance: dict[int, Decimal] = dict(sums)
    rows: list[LedgerRow] = []
    for move in moves:
        rows.append(LedgerRow(move, balance[move.warehouse_id], link_to(move.label)))
        balance[move.warehouse_id] -= move.quantity
    return rows


def last_costs(part_ids: Collection[int], warehouse_id: int) -> dict[int, Decimal]:
    """What each part cost when it last came in, net of VAT."""
    lines = (
        StockReceiptLine.objects.filter(
            part_id__in=part_ids, receipt__warehouse_id=warehouse_id
        )
        .order_by("part_id", "-pk")
        .distinct("part_id")
    )
    return dict(lines.values_list("part_id", "unit_cost"))


def bins_remembered(part_ids: Collection[int], warehouse_id: int) -> dict[int, str]:
    """The bin where each part was put last (E02)."""
    rows = StockLevel.objects.filter(
        part_id__in=part_ids, warehouse_id=warehouse_id, last_bin__isnull=False
    )
    return dict(rows.values_list("part_id", "last_bin__code"))


def receipt_address(number: str) -> str | None:
    """The page of a receipt by its number."""
    pk = StockReceipt.objects.filter(number=number).values_list("pk", flat=True).first()
    return reverse("receipt", args=[pk]) if pk else None
