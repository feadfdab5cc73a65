"""Many cars at once, as the move-in brings them: a handful of statements, however many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from chejian.accounts.models import User
from chejian.core.verbs import verb
from chejian.vehicles import chain, rules
from chejian.vehicles.models import OdometerEvent, PlateChange, Vehicle, VehicleParty
from chejian.vehicles.queries import links_of
from chejian.vehicles.searching import index_vehicles
from chejian.vehicles.services.records import fill_decoded

BATCH = 1000
FILLED = (
    "engine_no", "make", "series", "model", "model_year", "colour", "registered_on",
    "insurer_name", "insurance_until", "inspection_until", "remarks",
)
type Ended = tuple[Any, date | None]


@dataclass(frozen=True)
class VehicleRecord:
    """What an old system knows of a car, in normal form. ``values`` are fields of ``Vehicle``.

    ``vin`` may be spoilt (a sign missing): it is stored with its warning. Former plates and owners
    come with the day until which they held, None when nobody knows.
    """

    vin: str = ""
    plate: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    owner_id: int | None = None
    former_owners: tuple[Ended, ...] = ()
    former_plates: tuple[Ended, ...] = ()
    odometer: int | None = None
    odometer_on: date | None = None
    last_visit_on: date | None = None


@verb
def import_vehicles(
    records: Sequence[VehicleRecord],
    *,
    by: User | None,
    at: datetime,
    import_run: int | None = None,
) -> list[Vehicle]:
    """Make a car of each record, with its plates, owners and odometer. Plates and VINs are free:
    who is already there was found out before. Readings carry the import they came by."""
    day = timezone.localdate(at)
    made: list[Vehicle] = []
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        vehicles = Vehicle.objects.bulk_create([_vehicle(record, by, day) for record in batch])
        pairs = list(zip(vehicles, batch, strict=True))
        _write_histories(pairs, day, by, at, import_run)
        index_vehicles(vehicles, at)
        made += vehicles
    return made


def _vehicle(record: VehicleRecord, by: User | None, day: date) -> Vehicle:
    fields = {name: value for name, value in record.values.items() if value not in (None, "")}
    given = rules.normal_fields({"vin": record.vin, **fields}, this_year=day.year)
    if record.plate:
        given |= rules.normal_plate(record.plate)
    vehicle = Vehicle(
        **given, owner_id=record.owner_id, created_by=by, last_visit_on=record.last_visit_on,
        odometer=record.odometer, total_km=record.odometer,
    )
    fill_decoded(vehicle, this_year=day.year)
    return vehicle


def _write_histories(
    pairs: Sequence[tuple[Vehicle, VehicleRecord]], day: date, by: User | None, at: datetime,
    import_run: int | None,
) -> None:
    PlateChange.objects.bulk_create(
        [row for vehicle, record in pairs for row in _plates(vehicle, record, day, by)]
    )
    VehicleParty.objects.bulk_create(
        [row for vehicle, record in pairs for row in _owners(vehicle, record, day)]
    )
    OdometerEvent.objects.bulk_create(
        [
            _reading(vehicle, record, day, by, at, import_run)
            for vehicle, record in pairs
            if record.odometer is not None
        ]
    )


def _plates(
    vehicle: Vehicle, record: VehicleRecord, day: date, by: User | None
) -> list[PlateChange]:
    rows = [
        PlateChange(
            vehicle=vehicle, plate=plate, plate_kind=rules.normal_plate(plate)["plate_kind"],
            from_date=until or day, until_date=until or day, by=by,
        )
        for plate, until in record.former_plates
    ]
    if vehicle.plate:
        rows.append(
            PlateChange(
                vehicle=vehicle, plate=vehicle.plate, plate_kind=vehicle.plate_kind,
                from_date=day, by=by,
            )
        )
    return rows


def _owners(vehicle: Vehicle, record: VehicleRecord, day: date) -> list[VehicleParty]:
    owner = VehicleParty.Role.OWNER
    rows = [
        VehicleParty(
            vehicle=vehicle, party_id=party, role=owner, from_date=until or day,
            until_date=until or day,
        )
        for party, until in record.former_owners
    ]
    if record.owner_id is not None:
        rows.append(
            VehicleParty(vehicle=vehicle, party_id=record.owner_id, role=owner, from_date=day)
        )
    return rows


def _reading(
    vehicle: Vehicle, record: VehicleRecord, day: date, by: User | None, at: datetime,
    import_run: int | None,
) -> OdometerEvent:
    reading = record.odometer or 0
    return OdometerEvent(
        vehicle=vehicle, source=OdometerEvent.Source.IMPORT, reading=reading,
        total_km=reading, read_on=record.odometer_on or day, by=by, at=at,
        import_run=import_run,
    )


# --- cars that are there already -------------------------------------------------------------
def missing(vehicle: Vehicle, record: VehicleRecord) -> dict[str, Any]:
    """What the record knows and the car lacks. What stands is never overwritten.

    A whole VIN takes the place of a spoilt one; an odometer is added when it is of a later visit
    and higher.
    """
    found = {
        name: record.values[name]
        for name in FILLED
        if record.values.get(name) and not getattr(vehicle, name)
    }
    if record.vin and record.vin != vehicle.vin and (not vehicle.vin or spoilt(vehicle)):
        found["vin"] = record.vin
    if record.plate and not vehicle.plate:
        found["plate"] = record.plate
    if record.owner_id is not None and vehicle.owner_id is None:
        found["owner_id"] = record.owner_id
    if _is_later_reading(vehicle, record):
        found["odometer"] = record.odometer
    if record.last_visit_on and (
        vehicle.last_visit_on is None or record.last_visit_on > vehicle.last_visit_on
    ):
        found["last_visit_on"] = record.last_visit_on
    return found


def spoilt(vehicle: Vehicle) -> bool:
    """Whether what stands as VIN is none: too short, too long, letters for digits."""
    return vehicle.vin_warning not in {"", "check_digit"}


def _is_later_reading(vehicle: Vehicle, record: VehicleRecord) -> bool:
    if record.odometer is None or vehicle.odometer is None:
        return record.odometer is not None
    if record.odometer <= vehicle.odometer or record.odometer_on is None:
        return False
    return vehicle.last_visit_on is None or record.odometer_on > vehicle.last_visit_on


@verb
def fill_vehicles(
    changes: Mapping[int, tuple[Mapping[str, Any], VehicleRecord]],
    *,
    by: User | None,
    at: datetime,
    import_run: int | None = None,
    added: list[Model] | None = None,
) -> list[Vehicle]:
    """Fill what is missing, by car's id: what ``missing`` found.

    ``added`` collects the plates and owners made beside.
    """
    beside: list[Model] = [] if added is None else added
    day = timezone.localdate(at)
    vehicles = list(Vehicle.objects.select_for_update().filter(pk__in=changes).order_by("pk"))
    for vehicle in vehicles:
        fields, record = changes[vehicle.pk]
        beside += _fill(vehicle, fields, record, day, by, at)
        if "odometer" in fields:
            _add_reading(vehicle, record, day, by, at, import_run)
        vehicle.version += 1
        vehicle.save()
    index_vehicles(vehicles, at)
    return vehicles


def _fill(
    vehicle: Vehicle,
    fields: Mapping[str, Any],
    record: VehicleRecord,
    day: date,
    by: User | None,
    at: datetime,
) -> list[Model]:
    added: list[Model] = []
    plain = {name: value for name, value in fields.items() if name in {*FILLED, "vin"}}
    for name, value in rules.normal_fields(plain, this_year=day.year).items():
        setattr(vehicle, name, value)
    if "plate" in fields:
        for name, value in rules.normal_plate(fields["plate"]).items():
            setattr(vehicle, name, value)
        plate = PlateChange.objects.create(
            vehicle=vehicle, plate=vehicle.plate, plate_kind=vehicle.plate_kind, from_date=day,
            by=by,
        )
        added.append(plate)
    if "owner_id" in fields:
        vehicle.owner_id = fields["owner_id"]
        owner = VehicleParty.objects.create(
            vehicle=vehicle, party_id=vehicle.owner_id, role=VehicleParty.Role.OWNER, from_date=day
        )
        added.append(owner)
    vehicle.last_visit_on = fields.get("last_visit_on", vehicle.last_visit_on)
    return added


def _add_reading(
    vehicle: Vehicle, record: VehicleRecord, day: date, by: User | None, at: datetime,
    import_run: int | None,
) -> None:
    """One more link of the chain, at its own day (X03)."""
    links = links_of(vehicle)
    number = max((link.id for link in links), default=0) + 1
    reading = record.odometer or 0
    links.append(chain.Link(number, record.odometer_on or day, reading))
    stands = chain.stands(links)
    here = next(stand for stand in stands if stand.event == number)
    OdometerEvent.objects.create(
        vehicle=vehicle, source=OdometerEvent.Source.IMPORT, reading=reading,
        carried=here.carried, total_km=here.total_km, read_on=record.odometer_on or day,
        warning=chain.warning_for(stands, number), by=by, at=at, import_run=import_run,
    )
    vehicle.odometer, vehicle.total_km = stands[-1].reading, stands[-1].total_km
