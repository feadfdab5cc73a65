"""What is there already for rows of order history: cars by any plate they carried, readings,
orders, lines and parts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chejian.catalog.models import Part
from chejian.movein.queries import known_vehicles
from chejian.parties.models import Party
from chejian.vehicles.models import OdometerEvent, PlateChange, Vehicle
from chejian.workorders.models import PastLine, PastOrder

CHUNK = 5_000


@dataclass(frozen=True)
class Carriers:
    """Cars by VIN, by present plate, and by plates that only one car carried before."""

    by_vin: dict[str, Vehicle]
    by_plate: dict[str, Vehicle]
    by_former_plate: dict[str, Vehicle]


def carriers(vins: Collection[str], plates: Collection[str]) -> Carriers:
    known = known_vehicles(vins, plates)
    others = set(plates) - known.by_plate.keys()
    former: dict[str, dict[int, Vehicle]] = defaultdict(dict)
    rows = PlateChange.objects.filter(plate__in=others).select_related("vehicle__merged_into")
    for change in rows.order_by("pk"):
        vehicle = change.vehicle.merged_into or change.vehicle
        former[change.plate][vehicle.pk] = vehicle
    single = {plate: next(iter(cars.values())) for plate, cars in former.items() if len(cars) == 1}
    return Carriers(known.by_vin, known.by_plate, single)


def parties_by_number(numbers: Collection[str]) -> dict[str, int]:
    """Who bears an old number now, also when he was merged into another."""
    rows = Party.objects.filter(legacy_number__in=numbers).order_by("-merged_into_id")
    return {
        number: merged or pk
        for number, pk, merged in rows.values_list("legacy_number", "pk", "merged_into_id")
    }


def readings_of(vehicle_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """What the chains of these cars hold, corrected readings left out."""
    corrected = OdometerEvent.objects.filter(corrects__isnull=False).values("corrects_id")
    rows = OdometerEvent.objects.filter(vehicle_id__in=vehicle_ids).exclude(pk__in=corrected)
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for vehicle_id, day, reading in rows.values_list("vehicle_id", "read_on", "reading"):
        found[vehicle_id].append((day, reading))
    return found


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """A past order that is here, as far as a further run compares it."""

    pk: int
    vehicle_id: int | None
    customer_id: int | None
    odometer: int | None
    due: Decimal
    labour: Decimal
    material: Decimal


def known_orders(station_id: int, numbers: Collection[str]) -> dict[str, KnownOrder]:
    rows = PastOrder.objects.filter(station_id=station_id, number__in=numbers)
    columns = ("pk", "vehicle_id", "customer_id", "odometer", "due", "labour", "material")
    return {row[0]: KnownOrder(*row[1:]) for row in rows.values_list("number", *columns)}


def any_order(station_id: int) -> bool:
    return PastOrder.objects.filter(station_id=station_id).exists()


type Content = tuple[str, str, str, Decimal, Decimal, Decimal]


def known_lines(order_ids: Iterable[int]) -> dict[int, Counter[Content]]:
    """How often each content stands among the lines of an order already."""
    found: dict[int, Counter[Content]] = defaultdict(Counter)
    rows = PastLine.objects.filter(order_id__in=list(order_ids)).order_by()
    columns = ("order_id", "kind", "code", "name", "quantity", "unit_price", "amount")
    for order_id, *content in rows.values_list(*columns).iterator(CHUNK):
        found[order_id][tuple(content)] += 1
    return found


def part_ids(codes: Collection[str]) -> dict[str, int]:
    return dict(Part.objects.filter(number__in=codes).values_list("number", "pk"))
