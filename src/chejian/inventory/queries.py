"""Reading stock: what is there, what is free, where it lies."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from chejian.inventory.models import StockLevel

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


def availability(part_ids: Collection[int], station_id: int) -> dict[int, Availability]:
    """What each part has at the station: every id asked for is in the answer. One statement."""
    found = {part_id: Availability(part_id) for part_id in part_ids}
    levels = (
        StockLevel.objects.filter(
            part_id__in=found, warehouse__station_id=station_id, warehouse__active=True
        )
        .select_related("warehouse", "last_bin")
        .order_by("-quantity", "warehouse__code")
    )
    for level in levels:
        found[level.part_id].places.append(
            PlaceStock(
                level.warehouse_id,
                level.warehouse.name,
                level.last_bin.code if level.last_bin else "",
                level.quantity,
                level.reserved,
            )
        )
    return found
