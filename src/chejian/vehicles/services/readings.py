"""Many odometer readings at once, as order history brings them, and taking them back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from chejian.accounts.models import User
from chejian.core.undoing import undoing
from chejian.vehicles import chain
from chejian.vehicles.models import OdometerEvent, Vehicle
from chejian.vehicles.services.locking import lock_vehicles

BATCH = 2000


@dataclass(frozen=True)
class PastReading:
    """What the meter showed on an earlier day; ``label`` names the paper that says so."""

    vehicle_id: int
    read_on: date
    reading: int
    label: str = ""


type Chains = dict[int, list[chain.Link]]


@transaction.atomic
def record_readings(
    readings: Sequence[PastReading], *, import_run: int | None, by: User | None, at: datetime
) -> int:
    """Add each reading at its place in its car's chain; one that stands there already is skipped.

    Returns how many were added.
    """
    vehicles = lock_vehicles({reading.vehicle_id for reading in readings})
    chains = _chains(vehicles)
    fresh = _unknown(readings, chains)
    for vehicle_id, added in fresh.items():
        first = max((link.id for link in chains[vehicle_id]), default=0) + 1
        chains[vehicle_id] += [
            chain.Link(first + place, reading.read_on, reading.reading)
            for place, reading in enumerate(added)
        ]
    events = [
        event
        for vehicle_id, added in fresh.items()
        for event in _events(chains[vehicle_id], added, import_run, by, at)
    ]
    OdometerEvent.objects.bulk_create(events, batch_size=BATCH)
    _renew([vehicles[vehicle_id] for vehicle_id in fresh], chains)
    return len(events)


def _chains(vehicles: dict[int, Vehicle]) -> Chains:
    """The links of each car, and of those merged into it."""
    kept = dict(
        Vehicle.objects.filter(merged_into_id__in=vehicles).values_list("pk", "merged_into_id")
    )
    chains: Chains = defaultdict(list)
    rows = OdometerEvent.objects.filter(vehicle_id__in=[*vehicles, *kept]).order_by("pk")
    for row in rows.values_list(
        "vehicle_id", "pk", "read_on", "reading", "old_reading", "corrects_id"
    ):
        chains[kept.get(row[0]) or row[0]].append(chain.Link(*row[1:]))
    return chains


def _unknown(readings: Iterable[PastReading], chains: Chains) -> dict[int, list[PastReading]]:
    known = {(pk, link.read_on, link.reading) for pk, links in chains.items() for link in links}
    fresh: dict[int, list[PastReading]] = defaultdict(list)
    for reading in readings:
        place = (reading.vehicle_id, reading.read_on, reading.reading)
        if place not in known:
            known.add(place)
            fresh[reading.vehicle_id].append(reading)
    return fresh


def _events(
    links: Sequence[chain.Link], added: Sequence[PastReading], import_run: int | None,
    by: User | None, at: datetime,
) -> list[OdometerEvent]:
    """The events for the last links of a chain, with what each means at its place."""
    stands = chain.stands(links)
    by_entry = {stand.entry: stand for stand in stands}
    new = links[-len(added):]
    return [
        OdometerEvent(
            vehicle_id=reading.vehicle_id, source=OdometerEvent.Source.IMPORT,
            reading=reading.reading, carried=by_entry[link.id].carried,
            total_km=by_entry[link.id].total_km, read_on=reading.read_on,
            label=reading.label[:40], warning=chain.warning_for(stands, link.id),
            import_run=import_run, by=by, at=at,
        )
        for reading, link in zip(added, new, strict=True)
    ]


def _renew(vehicles: Sequence[Vehicle], chains: Chains) -> None:
    """The copies on the cars follow their chains."""
    changed = []
    for vehicle in vehicles:
        last = chain.present(chains[vehicle.pk])
        reading, total = (last.reading, last.total_km) if last else (None, None)
        if (vehicle.odometer, vehicle.total_km) != (reading, total):
            vehicle.odometer, vehicle.total_km = reading, total
            changed.append(vehicle)
    Vehicle.objects.bulk_update(changed, ["odometer", "total_km"], batch_size=BATCH)


@transaction.atomic
def remove_readings(*, import_run: int) -> int:
    """Take back the readings of an import that is undone, and renew the cars. Returns how many."""
    rows = OdometerEvent.objects.filter(import_run=import_run)
    vehicles = lock_vehicles(
        Vehicle.objects.live()
        .filter(pk__in=rows.values("vehicle_id"))
        .values_list("pk", flat=True)
    )
    with undoing(import_run):
        gone = rows._raw_delete(rows.db)
    _renew(list(vehicles.values()), _chains(vehicles))
    return gone
