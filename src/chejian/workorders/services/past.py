"""Bringing in the orders of an old system, in bulk, and taking an import back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Station, User
from chejian.core import search
from chejian.core.errors import DomainError
from chejian.core.search import Findable
from chejian.core.text import search_tokens
from chejian.core.undoing import undoing
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import PastLine, PastOrder, PastPerson, PastWork
from chejian.workorders.queries.past import imported

BATCH = 2000
SEARCHED = "past_order"
type Report = Callable[[int], None]


class HistoryInUse(DomainError):
    """Lines of another import hang on these orders; it must be undone first."""

    code = "history_in_use"


@dataclass(frozen=True, slots=True)
class PastOrderRecord:
    """A head as the old system tells it, in normal form; ``adviser`` is a name."""

    number: str
    opened_on: date
    row: int
    vehicle_id: int | None = None
    customer_id: int | None = None
    plate: str = ""
    settled_on: date | None = None
    odometer: int | None = None
    odometer_stated: int | None = None
    repair_type: str = ""
    adviser: str = ""
    concern: str = ""
    labour: Decimal = Decimal(0)
    material: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    due: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    payment: str = ""
    methods: tuple[str, ...] = ()
    adds_up: bool = True


@dataclass(frozen=True, slots=True)
class PastLineRecord:
    """A line of an order that is here; ``people`` are names."""

    order_id: int
    kind: str
    name: str
    code: str = ""
    part_id: int | None = None
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    position: int = 0
    people: tuple[str, ...] = field(default=())


@transaction.atomic
def import_past_orders(
    *, station: Station, records: Sequence[PastOrderRecord], import_run: int,
    report: Report | None = None,
) -> int:
    """Make a past order of each record and let it be found. Returns how many."""
    people = ensure_past_people(
        station=station, names={record.adviser for record in records}, import_run=import_run
    )
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        made = PastOrder.objects.bulk_create(
            [_order(record, station, people, import_run) for record in batch]
        )
        _index(made)
        if report:
            report(start + len(batch))
    return len(records)


def _order(
    record: PastOrderRecord, station: Station, people: Mapping[str, PastPerson], import_run: int
) -> PastOrder:
    fields = {name: getattr(record, name) for name in PastOrderRecord.__slots__}
    fields["methods"] = list(record.methods)
    fields["adviser"] = people.get(record.adviser)
    return PastOrder(station=station, import_run=import_run, **fields)


def _index(orders: Sequence[PastOrder]) -> None:
    search.index(*entries(orders))


def day_of(order: PastOrder) -> datetime:
    """The visit, by which the finder ranks."""
    return timezone.make_aware(datetime.combine(order.opened_on, time()))


def entries(orders: Sequence[PastOrder]) -> Iterator[Findable]:
    """By number, plate and VIN, from one statement."""
    rows = Vehicle.objects.filter(pk__in={order.vehicle_id for order in orders})
    cars = {pk: (vin, kind) for pk, vin, kind in rows.values_list("pk", "vin", "plate_kind")}
    known = [(order, *cars.get(order.vehicle_id or 0, ("", ""))) for order in orders]
    return (
        Findable(
            kind=SEARCHED, subject_id=order.pk, station_id=order.station_id, title=order.number,
            subtitle=" · ".join(
                filter(None, [order.plate, order.opened_on.isoformat(), order.concern])
            ),
            tokens=search_tokens(codes=[order.number, order.plate, vin]),
            touched_at=day_of(order),
            data={"plate": order.plate, "kind": kind},
        )
        for order, vin, kind in known
    )


@transaction.atomic
def fill_past_orders(changes: Mapping[int, Mapping[str, int]]) -> int:
    """Fill in what was empty: by order's id its car, customer or odometer. Returns how many."""
    orders = list(PastOrder.objects.select_for_update().filter(pk__in=changes).order_by("pk"))
    for order in orders:
        for name, value in changes[order.pk].items():
            setattr(order, name, value)
    PastOrder.objects.bulk_update(
        orders, ["vehicle_id", "customer_id", "odometer"], batch_size=BATCH
    )
    _index(orders)
    return len(orders)


@transaction.atomic
def ensure_past_people(
    *, station: Station, names: Iterable[str], import_run: int
) -> dict[str, PastPerson]:
    """The people of these names; who is missing is made, and put to the one colleague so called."""
    wanted = sorted({name for name in names if name})
    known = _people(station, wanted)
    missing = [name for name in wanted if name not in known]
    staff = _staff(missing)
    PastPerson.objects.bulk_create(
        PastPerson(station=station, name=name, user_id=staff.get(name), import_run=import_run)
        for name in missing
    )
    return {**known, **_people(station, missing)}


def _people(station: Station, names: Sequence[str]) -> dict[str, PastPerson]:
    rows = PastPerson.objects.filter(station=station, name__in=names)
    return {person.name: person for person in rows}


def _staff(names: Sequence[str]) -> dict[str, int]:
    """Which of our people bears a name alone, also who has left."""
    rows = User.objects.filter(name__in=names).order_by("pk")
    found: dict[str, list[int]] = {}
    for name, pk in rows.values_list("name", "pk"):
        found.setdefault(name, []).append(pk)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


@transaction.atomic
def import_past_lines(
    *, station: Station, records: Sequence[PastLineRecord], import_run: int,
    report: Report | None = None,
) -> int:
    """Add the lines to their orders, with the people of each. Returns how many."""
    names = {name for record in records for name in record.people}
    people = ensure_past_people(station=station, names=names, import_run=import_run)
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        lines = PastLine.objects.bulk_create([_line(record, import_run) for record in batch])
        PastWork.objects.bulk_create(
            PastWork(line=line, person=people[name], import_run=import_run)
            for line, record in zip(lines, batch, strict=True)
            for name in dict.fromkeys(record.people)
        )
        if report:
            report(start + len(batch))
    return len(records)


def _line(record: PastLineRecord, import_run: int) -> PastLine:
    fields = {
        name: getattr(record, name) for name in PastLineRecord.__slots__ if name != "people"
    }
    return PastLine(import_run=import_run, **fields)


@transaction.atomic
def remove_past(*, import_run: int) -> int:
    """Take back everything an import of history brought. Returns how many rows went.

    Raises HistoryInUse when lines of another import hang on its orders.
    """
    found = imported(import_run)
    if found.lines_of_others:
        raise HistoryInUse(
            _("The lines of these orders came with another import; undo that one first."),
            lines=found.lines_of_others,
        )
    ids = list(PastOrder.objects.filter(import_run=import_run).values_list("pk", flat=True))
    gone = 0
    with undoing(import_run):
        for rows in (
            PastWork.objects.filter(import_run=import_run),
            PastLine.objects.filter(import_run=import_run),
            PastOrder.objects.filter(import_run=import_run),
            _idle_people(import_run),
        ):
            gone += rows._raw_delete(rows.db)
    search.forget(SEARCHED, ids)
    return gone


def _idle_people(import_run: int) -> "models.QuerySet[PastPerson]":
    """Those of the import whom no other names."""
    advising = PastOrder.objects.filter(adviser__isnull=False).values("adviser_id")
    rows = PastPerson.objects.filter(import_run=import_run)
    return rows.exclude(pk__in=advising).exclude(pk__in=PastWork.objects.values("person_id"))
