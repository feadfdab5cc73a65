"""What is due next on a car: service, inspection, insurance; for many cars at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.core.formats import day
from chejian.vehicles import due, inspection
from chejian.vehicles.chain import Link, Stand, stands
from chejian.vehicles.models import OdometerEvent, Vehicle
from chejian.vehicles.queries import vehicle_ids

SOON = timedelta(days=30)
# Which repair types and classes are a service; the old system has only its own words.
LAST_SERVICES = """
SELECT vehicle_id, max(opened_on) FROM (
    SELECT o.vehicle_id, (o.opened_at AT TIME ZONE %(zone)s)::date AS opened_on
    FROM workorders_workorder o
    JOIN catalog_repairtype t ON t.id = o.repair_type_id
    LEFT JOIN catalog_repairclass c ON c.id = o.repair_class_id
    WHERE o.vehicle_id = ANY(%(ids)s) AND o.status IN ('settled', 'delivered', 'closed')
    AND (t.code IN ('maintenance', 'first_service') OR c.code IN ('first', 'second'))
    UNION ALL
    SELECT vehicle_id, opened_on FROM workorders_pastorder
    WHERE vehicle_id = ANY(%(ids)s) AND repair_type LIKE '%%保养%%'
) services GROUP BY vehicle_id
"""


@dataclass(frozen=True)
class Due:
    """One thing that falls due on a day, with the reason in words."""

    vehicle: Vehicle
    what: str
    on: date
    why: str
    today: date

    @property
    def tone(self) -> str:
        if self.on < self.today:
            return "red"
        return "amber" if self.on <= self.today + SOON else "grey"


def dues(vehicles: Sequence[Vehicle], today: date) -> list[Due]:
    """Of all these cars, the soonest first, in three statements."""
    car = _records(vehicles)
    chains, services = _chains(car), _last_services(car)
    found: list[Due] = []
    for vehicle in vehicles:
        service = services.get(vehicle.pk)
        if service is not None:
            found.append(_service(vehicle, service, chains[vehicle.pk], today))
        found += _papers(vehicle, today)
    return sorted(found, key=lambda one: one.on)


def _service(vehicle: Vehicle, last: date, chain: Sequence[Stand], today: date) -> Due:
    made = due.service_due(
        last_service=last, powertrain=vehicle.powertrain, stands=chain, today=today
    )
    words = [_("%(km)s km or 12 months after the service of %(day)s") % {
        "km": f"{made.interval:,}", "day": day(last),
    }]
    if made.km is not None:
        words.append(_("at %(km)s km") % {"km": f"{made.km:,}"})
    if made.pace is not None:
        words.append(_("about %(km)s km a day") % {"km": round(made.pace)})
    return Due(vehicle, _("Service"), made.on, " · ".join(words), today)


def _papers(vehicle: Vehicle, today: date) -> Iterable[Due]:
    if vehicle.inspection_until is not None:
        yield Due(vehicle, _("Annual inspection"), vehicle.inspection_until,
                  _("by the licence"), today)
    elif vehicle.registered_on is not None and inspection.covered(
        plate_kind=vehicle.plate_kind, body=vehicle.body
    ):
        following = inspection.next_inspection(vehicle.registered_on, today)
        why = _("the car is tested") if following.on_site else _("the mark is claimed online")
        yield Due(vehicle, _("Annual inspection"), following.due, why, today)
    if vehicle.insurance_until is not None:
        yield Due(vehicle, _("Insurance"), vehicle.insurance_until, vehicle.insurer_name, today)


def _records(vehicles: Sequence[Vehicle]) -> dict[int, int]:
    """The car of each record: its own, and those merged into it."""
    own = {vehicle.pk: vehicle.pk for vehicle in vehicles}
    if len(vehicles) == 1:
        return dict.fromkeys(vehicle_ids(vehicles[0]), vehicles[0].pk)
    merged = Vehicle.objects.filter(merged_into_id__in=own).values_list("pk", "merged_into_id")
    return own | dict(merged)


def _chains(car: Mapping[int, int]) -> dict[int, list[Stand]]:
    links: dict[int, list[Link]] = defaultdict(list)
    rows = OdometerEvent.objects.filter(vehicle_id__in=car).order_by("pk").values_list(
        "vehicle_id", "pk", "read_on", "reading", "old_reading", "corrects_id"
    )
    for vehicle_id, pk, read_on, reading, old_reading, corrects in rows:
        links[car[vehicle_id]].append(Link(pk, read_on, reading, old_reading, corrects))
    return defaultdict(list, {pk: stands(found) for pk, found in links.items()})


def _last_services(car: Mapping[int, int]) -> dict[int, date]:
    """The day of the last service of each car, here or in the old system."""
    with connection.cursor() as cursor:
        zone = timezone.get_current_timezone_name()
        cursor.execute(LAST_SERVICES, {"ids": list(car), "zone": zone})
        rows = cursor.fetchall()
    found: dict[int, date] = {}
    for pk, on in rows:
        kept = car[pk]
        found[kept] = max(on, found.get(kept, on))
    return found
