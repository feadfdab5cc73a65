"""The odometer as a chain of events (X03). The car's row is locked while its chain grows."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.vehicles import chain
from chejian.vehicles.errors import InvalidReading, NotCorrectable
from chejian.vehicles.models import OdometerEvent, Vehicle
from chejian.vehicles.queries import links_of
from chejian.vehicles.services.locking import lock_vehicle

MOST = 9_999_999


@verb
def record_odometer(
    *,
    vehicle: Vehicle,
    reading: int,
    source: str,
    read_on: date,
    by: User | None,
    at: datetime,
    label: str = "",
) -> OdometerEvent:
    """What the meter showed on ``read_on``. A lower reading than before is kept with a warning.

    A reading of an earlier day takes its place there and leaves the present one alone.
    ``label`` names the document. Raises InvalidReading.
    """
    fresh = lock_vehicle(vehicle)
    event = _append(
        fresh, _checked(reading), kind=OdometerEvent.Kind.READING, source=source, read_on=read_on,
        label=label, by=by, at=at,
    )
    if source == OdometerEvent.Source.RECEPTION:
        fresh.last_visit_on = max(fresh.last_visit_on or read_on, read_on)
        fresh.save(update_fields=["last_visit_on"])
    return event


@verb
def correct_odometer(
    *,
    vehicle: Vehicle,
    corrects: OdometerEvent,
    reading: int,
    remark: str,
    by: User | None,
    at: datetime,
    old_reading: int | None = None,
) -> OdometerEvent:
    """``corrects`` was wrong: ``reading`` takes its place, at its date. It stays in the chain.

    For a meter change ``reading`` is the new meter's start and ``old_reading`` the old one's end
    (as before unless given). Raises NotCorrectable, InvalidReading.
    """
    fresh = lock_vehicle(vehicle)
    links = links_of(fresh)
    stand = next((s for s in chain.stands(links) if s.event == corrects.pk), None)
    if stand is None:
        raise NotCorrectable(_("Only a reading of this car that still counts can be corrected."))
    before = None
    if stand.before is not None:
        before = _checked(stand.before if old_reading is None else old_reading)
    return _append(
        fresh, _checked(reading), kind=OdometerEvent.Kind.CORRECTION,
        source=OdometerEvent.Source.STAFF, read_on=stand.read_on, old_reading=before,
        corrects=corrects, remark=remark.strip(), by=by, at=at,
    )


@verb
def change_meter(
    *,
    vehicle: Vehicle,
    old_reading: int,
    new_start: int,
    read_on: date,
    by: User | None,
    at: datetime,
    remark: str = "",
) -> OdometerEvent:
    """Another meter was fitted: the old one's kilometres are carried on (domain.md 4)."""
    fresh = lock_vehicle(vehicle)
    return _append(
        fresh, _checked(new_start), kind=OdometerEvent.Kind.METER_CHANGE,
        source=OdometerEvent.Source.STAFF, read_on=read_on, old_reading=_checked(old_reading),
        remark=remark.strip(), by=by, at=at,
    )


def _checked(reading: int) -> int:
    if not 0 <= reading <= MOST:
        raise InvalidReading(_("No odometer shows this."), field="reading", reading=reading)
    return reading


def _append(
    vehicle: Vehicle, reading: int, *, by: User | None, at: datetime, **facts: Any
) -> OdometerEvent:
    """Add the event with what it means at its place, then renew the copies on the car."""
    corrected: OdometerEvent | None = facts.get("corrects")
    links = links_of(vehicle)
    number = max((link.id for link in links), default=0) + 1  # stands for the id to come
    links.append(
        chain.Link(
            number, facts["read_on"], reading, facts.get("old_reading"),
            corrected.pk if corrected else None,
        )
    )
    stands = chain.stands(links)
    here = next(stand for stand in stands if stand.event == number)
    event = OdometerEvent.objects.create(
        vehicle=vehicle, reading=reading, carried=here.carried, total_km=here.total_km,
        warning=chain.warning_for(stands, number), by=by, at=at, **facts,
    )
    vehicle.odometer, vehicle.total_km = stands[-1].reading, stands[-1].total_km
    vehicle.save(update_fields=["odometer", "total_km"])
    emit(
        f"vehicle.odometer_{EVENT_WORDS[event.kind]}", vehicle, station_id=None, by=by, at=at,
        reading=reading, warning=event.warning,
    )
    return event


EVENT_WORDS: dict[str, str] = {
    OdometerEvent.Kind.READING: "recorded",
    OdometerEvent.Kind.CORRECTION: "corrected",
    OdometerEvent.Kind.METER_CHANGE: "meter_changed",
}
