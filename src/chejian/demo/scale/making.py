"""Taking the moulds: each visit is made by the verbs on a car of its own, read, and rolled back."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from chejian.catalog.services.bulk import PartRecord, import_parts
from chejian.core.formats import masked_phone
from chejian.core.models import Event
from chejian.demo.people import Group
from chejian.demo.scale.mould import KM, Mould, Source
from chejian.demo.scale.supply import STOCK, SupplyMould, take_supply
from chejian.demo.scale.tables import Table, last_values, marked_ids
from chejian.demo.scale.visits import VISITS, ScaleStory, Visit, take
from chejian.demo.stories import Words
from chejian.inventory.models import Warehouse
from chejian.parties.models import Party
from chejian.parties.services.bulk import PartyRecord, import_parties
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services.bulk import VehicleRecord, import_vehicles
from chejian.vehicles.vin import check_digit

#: how busy the stations are, and how many kinds of visits the smaller ones make
STATIONS = (("NS", 0.5, len(VISITS)), ("FT", 0.3, 14), ("GZ", 0.2, 10))
FEW = 2000  # orders up to which only the first station's kinds and a few others are made
FEW_KINDS = {"NS": len(VISITS), "FT": 4, "GZ": 4}
CAR_COLUMNS = frozenset((
    "plate", "plate_kind", "plate_colour", "vin", "engine_no", "make", "series", "model",
    "model_year", "colour", "powertrain", "body", "labour_class", "registered_on", "insurer_name",
    "insurance_until", "created_at", "version",
))
MET_COLUMNS = CAR_COLUMNS | {"odometer", "total_km", "last_visit_on"}
OWNER_COLUMNS = frozenset(("name", "name_key", "phone", "kind", "credit_limit", "member_tier",
                           "remarks", "secret_id"))
#: whose columns a table copies when a car is met
COPIED = {
    "vehicles_vehicle": ("car", MET_COLUMNS), "vehicles_vehicleevent": ("car", MET_COLUMNS),
    "vehicles_platechange": ("car", frozenset(("plate_kind",))),
    "vehicles_platechangeevent": ("car", frozenset(("plate_kind",))),
    "parties_party": ("owner", OWNER_COLUMNS), "parties_partyevent": ("owner", OWNER_COLUMNS),
}
#: what the car made for reading is called; no other text of the demo says so
WORDS = {"make": "样牌", "series": "样系", "model": "样款", "engine_no": "YB0000001",
         "insurer_name": "样险"}
#: who pays for it, and the column of the car that names him
PAYERS = {"is_maker": "make", "is_insurer": "insurer_name"}
CUSTOMER, PHONE, PLATES = "钱样本", "19912345678", ("粤B7Z7Z7", "粤BDZ7777")


@dataclass
class VisitMould:
    """A mould with what the plan and the store must know of it."""

    mould: Mould
    visit: Visit
    station: str
    share: float
    minutes: int
    leaves_at: int  # kilometres above the mark when the car leaves
    used: dict[tuple[int, int, int], tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def electric(self) -> bool:
        return self.visit.electric

    @property
    def company(self) -> bool:
        return self.visit.company

    def weight_in(self, month: int) -> float:
        return self.share * self.visit.weight * self.visit.season[month - 1]


@dataclass
class Moulds:
    visits: list[VisitMould]
    met: dict[bool, Mould]  # a car that comes for the first time, by whether its owner does too
    supply: dict[int, SupplyMould]  # by warehouse

    @property
    def tables(self) -> list[str]:
        """Every table that they write to."""
        every = [*(one.mould for one in self.visits), *self.met.values(),
                 *(half for one in self.supply.values() for half in (one.head, one.line))]
        return sorted({name for mould in every for name in mould.counts})


@dataclass
class Maker:
    """Everything that taking a mould needs."""

    group: Group
    tables: dict[str, Table]
    context: str
    start: datetime
    dice: random.Random
    words: Words
    payers: dict[int, str] = field(default_factory=dict)
    count: int = 0

    def spans(self, work: Callable[[], object]) -> dict[str, tuple[int, int]]:
        """Do something; the new ids of every table."""
        before = last_values(list(self.tables.values()))
        work()
        after = last_values(list(self.tables.values()))
        return {name: (before[name] + 1, last) for name, last in after.items()
                if last > before[name]}


def make_moulds(
    group: Group, tables: dict[str, Table], *, context: str, until: date, dice: random.Random,
    count: int, tell: Callable[[str], None],
) -> Moulds:
    """Take every mould in a transaction that is rolled back; the ids go on as if nothing was."""
    day = date(until.year - 1, 6, 11)  # far from the turn of the year
    start = datetime.combine(day, time(8), timezone.get_current_timezone())
    maker = Maker(group, tables, context, start, dice, Words())
    with marked_ids(tables), transaction.atomic():
        for role, column in PAYERS.items():
            payer = Party.objects.create(name=WORDS[column], kind="company", is_customer=False,
                                         **{role: True})
            maker.payers[payer.pk] = column
        moulds = Moulds(_visits(maker, count, tell), _met(maker), _supply(maker))
        transaction.set_rollback(True)
    return moulds


def _visits(maker: Maker, count: int, tell: Callable[[str], None]) -> list[VisitMould]:
    made = []
    for code, share, kinds in STATIONS:
        number = FEW_KINDS[code] if count <= FEW else kinds
        whole = sum(visit.weight for visit in VISITS[:number])
        made += [_visit(maker, code, share / whole, visit) for visit in VISITS[:number]]
        tell(f"{code}: {number}")
    return made


def _visit(maker: Maker, code: str, share: float, visit: Visit) -> VisitMould:
    maker.count += 1
    car = _car(maker, visit)
    story = ScaleStory(maker.group, code, car, maker.start, maker.dice, maker.words)
    spans = maker.spans(lambda: take(story, visit))
    assert car.owner is not None  # the car made for reading has one
    source = Source(
        maker.tables, spans, maker.start, _texts(car),
        aliases={car.pk: "vehicle", car.owner.pk: "customer",
                 **{pk: f"payer.{column}" for pk, column in maker.payers.items()}},
        constants=frozenset((maker.context,)),
        columns={"vehicles_vehicleevent": ("car", CAR_COLUMNS)},
    )
    mould = Mould(source)
    car.refresh_from_db()
    return VisitMould(mould, visit, code, share, _minutes(story, spans),
                      (car.odometer or KM) - KM, _used(mould, maker.tables[STOCK]))


def _car(maker: Maker, visit: Visit) -> Vehicle:
    """A customer and a car of words that stand nowhere else."""
    party = import_parties(
        [PartyRecord(name=CUSTOMER, phone=PHONE, company=visit.company,
                     credit_limit=Decimal(50_000))], by=None, at=maker.start,
    )[0]
    raw = f"LSVAM4180P2{maker.count:06d}"
    vin = f"{raw[:8]}{check_digit(raw)}{raw[9:]}"
    _give_back_plates()
    return import_vehicles(
        [VehicleRecord(
            plate=PLATES[visit.electric], vin=vin, owner_id=party.pk,
            values={**WORDS, "labour_class": "NEV" if visit.electric else "QITA"},
        )], by=None, at=maker.start,
    )[0]


def _give_back_plates() -> None:
    """Plate and VIN are one car's alone: the one before lets them go."""
    Vehicle.objects.filter(plate__in=PLATES).update(plate="", vin="")


def _texts(car: Vehicle) -> dict[str, str]:
    return {
        car.plate: "plate", car.vin: "vin", CUSTOMER: "name", PHONE: "phone",
        masked_phone(PHONE): "masked", **{text: name for name, text in WORDS.items()},
    }


def _minutes(story: ScaleStory, spans: dict[str, tuple[int, int]]) -> int:
    """From the opening to the last moment of the same day."""
    first, last = spans["core_event"]
    today = Event.objects.filter(pk__range=(first, last), at__lt=story.order.opened_at
                                 + timedelta(hours=14)).order_by("-at").values_list("at", flat=True)
    return int((today[0] - story.order.opened_at).total_seconds()) // 60 + 1


def _used(mould: Mould, table: Table) -> dict[tuple[int, int, int], tuple[Decimal, Decimal]]:
    """What the visit takes from the store: by warehouse, part and bin, quantity and value."""
    places = [table.columns.index(name)
              for name in ("warehouse_id", "part_id", "bin_id", "quantity", "value")]
    used: dict[tuple[int, int, int], tuple[Decimal, Decimal]] = defaultdict(
        lambda: (Decimal(0), Decimal(0)))
    for row in mould.rows.get(STOCK, ()):
        warehouse, part, bin_id, quantity, value = (row[place] for place in places)
        before = used[int(warehouse), int(part), int(bin_id)]
        used[int(warehouse), int(part), int(bin_id)] = (
            before[0] - Decimal(quantity), before[1] - Decimal(value))
    return {place: taken for place, taken in used.items() if taken[0]}


def _met(maker: Maker) -> dict[bool, Mould]:
    """A car that is met for the first time, with its owner and without."""
    return {with_owner: _meeting(maker, with_owner=with_owner) for with_owner in (True, False)}


def _meeting(maker: Maker, *, with_owner: bool) -> Mould:
    parties: list[Party] = []
    _give_back_plates()
    spans = maker.spans(lambda: parties.extend(import_parties(
        [PartyRecord(name=CUSTOMER, phone=PHONE)], by=None, at=maker.start)))
    record = VehicleRecord(plate=PLATES[0], vin="LSVAM4187C2184847", owner_id=parties[0].pk,
                           values={**WORDS, "colour": "样色"})
    of_car = maker.spans(lambda: import_vehicles([record], by=None, at=maker.start))
    return Mould(Source(
        maker.tables, {**spans, **of_car} if with_owner else of_car, maker.start,
        {PLATES[0]: "plate", CUSTOMER: "name", PHONE: "phone"},
        aliases={} if with_owner else {parties[0].pk: "customer"},
        constants=frozenset((maker.context,)), columns=COPIED,
    ))


def _supply(maker: Maker) -> dict[int, SupplyMould]:
    part = import_parts([PartRecord(number="YBJ-0000001", name="样件")], by=None,
                        at=maker.start)[0]
    supplier = Party.objects.filter(is_supplier=True).order_by("id")[0]
    houses: Sequence[Warehouse] = [house for code in maker.group.stations
                                   for house in maker.group.warehouses[code]]
    return {
        house.pk: take_supply(
            house, part, supplier, maker.group.who(house.station.code, "storekeeper"),
            maker.start, maker.tables, maker.spans, maker.context,
        )
        for house in houses
    }
