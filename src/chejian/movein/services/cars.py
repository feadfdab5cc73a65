"""Customers and cars of a file: what would be made, and making it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Model

from chejian.accounts.models import User
from chejian.core.text import squeeze
from chejian.movein import cars, customers, reconcile, rows
from chejian.movein.cars import CarDraft
from chejian.movein.customers import CustomerDraft
from chejian.movein.queries import (
    KnownParties,
    KnownVehicles,
    known_parties,
    known_vehicles,
    name_key,
)
from chejian.movein.recognise import Sheet
from chejian.movein.rows import ParsedRow
from chejian.movein.services.recording import Recorder, snapshot
from chejian.movein.values import Reading, Severity
from chejian.parties.models import Party
from chejian.parties.services import bulk as party_bulk
from chejian.parties.services.bulk import PartyRecord
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services import bulk as vehicle_bulk
from chejian.vehicles.services.bulk import VehicleRecord

type Report = Callable[[str, int], None]
TO_BE_MADE = -1  # stands for a customer who has no id before the import


@dataclass
class CarPlan:
    """Everything that the import will do, found without writing anything."""

    rows: list[ParsedRow]
    customers: list[CustomerDraft]
    cars: list[CarDraft]
    parties: dict[str, Party] = field(default_factory=dict)
    vehicles: dict[int, Vehicle] = field(default_factory=dict)
    contacts: dict[int, list[str]] = field(default_factory=dict)
    left_out: list[CustomerDraft] = field(default_factory=list)

    def vehicle_of(self, draft: CarDraft) -> Vehicle | None:
        return self.vehicles.get(id(draft))

    def party_id(self, key: str) -> int | None:
        """The customer's id; a stand-in for one who is still to be made."""
        if not key:
            return None
        party = self.parties.get(key)
        return party.pk if party else TO_BE_MADE


def plan(sheets: Sequence[Sheet], reading: Reading, report: Report) -> CarPlan:
    """Read, group and compare. The order matters: customers first, for a car has an owner."""
    parsed: list[ParsedRow] = []
    for sheet in sheets:
        for row in rows.parse(sheet, reading):
            _check(row)
            parsed.append(row)
        report("reading", len(parsed))
    usable = [row for row in parsed if not row.blocked]
    groups = customers.gather(usable, reading.accepted)
    owner_of = {(row.sheet, row.number): draft for draft in groups.values() for row in draft.rows}
    found = cars.gather(usable, owner_of)
    made = CarPlan(parsed, list(groups.values()), found)
    report("comparing", len(parsed))
    _recognise_vehicles(made)
    _drop_blocked(made)
    _recognise_parties(made)
    return made


def _check(row: ParsedRow) -> None:
    if not any(row.text(key) for key in ("customer_name", "customer_number", "phone")) and not any(
        row.text(key) for key in ("plate", "vin")
    ):
        row.note("customer_name", "row.empty", Severity.ERROR)


def _recognise_vehicles(made: CarPlan) -> None:
    vins = {draft.vin or draft.spoilt_vin for draft in made.cars} - {""}
    known = known_vehicles(vins, {draft.plate for draft in made.cars} - {""})
    taken: set[str] = set()
    for draft in made.cars:
        vehicle = _vehicle_for(draft, known)
        if vehicle is not None:
            made.vehicles[id(draft)] = vehicle
        _free_spoilt_vin(draft, vehicle, known, taken)


def _free_spoilt_vin(
    draft: CarDraft, vehicle: Vehicle | None, known: KnownVehicles, taken: set[str]
) -> None:
    """Two cars may lack the same sign of their VIN; only one can keep what is left."""
    text = draft.spoilt_vin
    if not text:
        return
    other = known.by_vin.get(text)
    if text in taken or (other is not None and (vehicle is None or other.pk != vehicle.pk)):
        draft.spoilt_vin = ""
    taken.add(text)


def _vehicle_for(draft: CarDraft, known: KnownVehicles) -> Vehicle | None:
    """By VIN, else by plate. A plate that another car carries is not taken from it."""
    by_vin = known.by_vin.get(draft.vin) if draft.vin else None
    by_plate = known.by_plate.get(draft.plate) if draft.plate else None
    if by_vin is not None:
        if by_plate is not None and by_plate.pk != by_vin.pk:
            _leave_plate(draft, by_plate)
        return by_vin
    if by_plate is None:
        return None
    if draft.vin and by_plate.vin and not vehicle_bulk.spoilt(by_plate):
        _leave_plate(draft, by_plate)
        return None
    if _other_make(draft, by_plate):
        _block(draft, by_plate)
        return None
    return by_plate


def _other_make(draft: CarDraft, vehicle: Vehicle) -> bool:
    ours, theirs = (squeeze(text or "").lower() for text in (draft.values["make"], vehicle.make))
    return bool(ours and theirs) and ours != theirs


def _leave_plate(draft: CarDraft, carrier: Vehicle) -> None:
    draft.latest.note(
        "plate", "plate.passed_on", Severity.WARNING, other=carrier.vin or str(carrier)
    )
    draft.former_plates.append((draft.plate, draft.last_visit_on))
    draft.plate = ""


def _block(draft: CarDraft, carrier: Vehicle) -> None:
    for row in draft.rows:
        row.note(
            "plate", "plate.other_car", Severity.ERROR, other=f"{carrier.car_name} {carrier.vin}"
        )


def _drop_blocked(made: CarPlan) -> None:
    """Rows left out make neither car nor customer; who stands on others too is kept."""
    made.cars = [draft for draft in made.cars if not all(row.blocked for row in draft.rows)]
    kept: list[CustomerDraft] = []
    for draft in made.customers:
        whole = all(row.blocked for row in draft.rows)
        (made.left_out if whole else kept).append(draft)
    made.customers = kept


def _recognise_parties(made: CarPlan) -> None:
    known = known_parties(
        {draft.number for draft in made.customers} - {""},
        {draft.phone for draft in made.customers} - {""},
    )
    made.contacts = known.contacts
    owners = _owners_by_draft(made)
    for draft in made.customers:
        party = _party_for(draft, known, owners)
        if party is not None:
            made.parties[draft.key] = party


def _owners_by_draft(made: CarPlan) -> dict[str, Party]:
    """Who owns the known car of a customer without number and phone, if the names agree."""
    found: dict[str, Party] = {}
    for draft in made.cars:
        vehicle = made.vehicle_of(draft)
        if vehicle is not None and vehicle.owner is not None:
            found[draft.owner] = vehicle.owner
    return found


def _party_for(
    draft: CustomerDraft, known: KnownParties, owners: Mapping[str, Party]
) -> Party | None:
    if draft.number and draft.number in known.by_number:
        return known.by_number[draft.number]
    if draft.phone:
        party = known.by_phone.get((draft.phone, name_key(draft.name)))
        other = bool(draft.number and party and party.legacy_number)
        return None if other else party
    owner = None if draft.number else owners.get(draft.key)
    return owner if owner is not None and name_key(owner.name) == name_key(draft.name) else None


# --- records for the verbs below --------------------------------------------------------------
def party_record(draft: CustomerDraft) -> PartyRecord:
    return PartyRecord(
        name=draft.name,
        phone=draft.phone,
        company=draft.company,
        legacy_number=draft.number,
        identity=draft.identity,
        address=draft.address,
        member_tier=draft.member_tier,
        credit_limit=draft.credit_limit,
        remarks=draft.remarks,
        contacts=tuple(draft.contacts.items()),
    )


def vehicle_record(draft: CarDraft, party_id: Callable[[str], int | None]) -> VehicleRecord:
    values = {key: value for key, value in draft.values.items() if value}
    year = cars.year_in_model(str(values.get("model", "")))
    if year and not draft.vin:
        values["model_year"] = year
    return VehicleRecord(
        vin=draft.vin or draft.spoilt_vin,
        plate=draft.plate,
        values=values,
        owner_id=party_id(draft.owner),
        former_owners=tuple((party_id(key), until) for key, until in draft.former_owners),
        former_plates=tuple(draft.former_plates),
        odometer=draft.odometer,
        odometer_on=draft.odometer_on,
        last_visit_on=draft.last_visit_on,
    )


def counts(made: CarPlan) -> dict[str, int]:
    """How many would be made, filled in, and stay as they are."""
    found: Counter[str] = Counter(rows=len(made.rows))
    for draft in made.customers:
        party = made.parties.get(draft.key)
        found[f"customers_{_what(party, party and _party_gaps(made, draft, party))}"] += 1
    for car in made.cars:
        vehicle = made.vehicle_of(car)
        gaps = vehicle and vehicle_bulk.missing(vehicle, vehicle_record(car, made.party_id))
        found[f"cars_{_what(vehicle, gaps)}"] += 1
    found["left_out"] = sum(row.blocked for row in made.rows)
    return dict(found)


def _what(existing: object | None, gaps: object) -> str:
    if existing is None:
        return "new"
    return "filled" if gaps else "same"


type PartyGaps = tuple[dict[str, str | Decimal], list[tuple[str, str]]]


def _party_gaps(made: CarPlan, draft: CustomerDraft, party: Party) -> PartyGaps | None:
    record = party_record(draft)
    fields = party_bulk.missing(party, record)
    contacts = party_bulk.missing_contacts(record, made.contacts.get(party.pk, []))
    return (fields, contacts) if fields or contacts else None


def reconciliation(made: CarPlan, controls: Mapping[str, Decimal]) -> list[reconcile.Line]:
    return reconcile.of_cars(made.rows, made.customers, made.left_out, made.cars, controls)


# --- carrying it out ---------------------------------------------------------------------------
def carry_out(
    made: CarPlan, *, by: User, at: datetime, report: Report, recorder: Recorder
) -> None:
    """Write what ``plan`` found, in the present transaction."""
    report("customers", 0)
    _write_parties(made, by, at, recorder)
    report("cars", len(made.rows) // 2)
    _write_vehicles(made, by, at, recorder)
    report("done", len(made.rows))


def _write_parties(made: CarPlan, by: User, at: datetime, recorder: Recorder) -> None:
    new = [draft for draft in made.customers if draft.key not in made.parties]
    changes, before = {}, {}
    for draft in made.customers:
        party = made.parties.get(draft.key)
        gaps = _party_gaps(made, draft, party) if party else None
        if party is not None and gaps is not None:
            changes[party.pk], before[party.pk] = gaps, snapshot(party)
    added: list[Model] = []
    for party in party_bulk.fill_parties(changes, at=at, added=added):
        recorder.filled(party, before[party.pk])
    records = [party_record(draft) for draft in new]
    for draft, party in zip(
        new, party_bulk.import_parties(records, by=by, at=at), strict=True
    ):
        made.parties[draft.key] = party
    recorder.made([*(made.parties[draft.key] for draft in new), *added])


def _write_vehicles(made: CarPlan, by: User, at: datetime, recorder: Recorder) -> None:
    fresh, drafts, changes, before = [], [], {}, {}
    for draft in made.cars:
        record = vehicle_record(draft, made.party_id)
        vehicle = made.vehicle_of(draft)
        if vehicle is None:
            fresh.append(record)
            drafts.append(draft)
            continue
        gaps = vehicle_bulk.missing(vehicle, record)
        if gaps:
            changes[vehicle.pk], before[vehicle.pk] = (gaps, record), snapshot(vehicle)
    added: list[Model] = []
    run_id = recorder.run.pk
    for vehicle in vehicle_bulk.fill_vehicles(
        changes, by=by, at=at, import_run=run_id, added=added
    ):
        recorder.filled(vehicle, before[vehicle.pk])
    vehicles = vehicle_bulk.import_vehicles(fresh, by=by, at=at, import_run=run_id)
    made.vehicles |= {id(draft): car for draft, car in zip(drafts, vehicles, strict=True)}
    recorder.made([*vehicles, *added])


def measured(made: CarPlan) -> dict[str, Decimal]:
    """What the database holds of this file after it was carried out: counted there, not here."""
    parties = {party.pk for party in made.parties.values()}
    vehicles = {vehicle.pk for vehicle in made.vehicles.values()}
    return {
        "customers": Decimal(Party.objects.filter(pk__in=parties).count()),
        "car_rows": Decimal(Vehicle.objects.filter(pk__in=vehicles).count()),
    }
