"""Reading cars: search, people, the odometer chain, and which record a merged one now is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.db.models import F, QuerySet

from chejian.accounts.models import User
from chejian.core.models import Event
from chejian.core.ready import Ready
from chejian.core.search import prefix_query, these
from chejian.parties.models import Tag
from chejian.parties.queries import PINNED, open_until, pinned_ids
from chejian.vehicles import chain
from chejian.vehicles.models import (
    OdometerEvent,
    PlateChange,
    Vehicle,
    VehicleMerge,
    VehicleParty,
    VehicleUnmerge,
)

# A car is found by itself and by the names and phones of its people.
# Materialized, so that the limit stops the reading but never talks the planner out of the index.
MATCHING = """
WITH own AS MATERIALIZED (
    SELECT subject_id FROM core_searchentry
    WHERE kind = 'vehicle' AND vector @@ %(query)s::tsquery
), people AS MATERIALIZED (
    SELECT subject_id FROM core_searchentry
    WHERE kind = 'party' AND vector @@ %(query)s::tsquery
)
(SELECT subject_id FROM own LIMIT %(limit)s)
UNION
(SELECT role.vehicle_id FROM (SELECT subject_id FROM people LIMIT %(limit)s) found
 JOIN vehicles_vehicleparty role
    ON role.party_id = found.subject_id AND role.until_date IS NULL
 LIMIT %(limit)s)
"""
LOOKUP, CANDIDATES, LISTED = 12, 200, 2000
VIN_TAIL = 8


def vehicle_ids(vehicle: Vehicle) -> list[int]:
    """The ids under which papers of this car stand: its own and those merged into it."""
    return pinned_ids(vehicle) or _read_ids(vehicle)


def pin_ids(vehicle: Vehicle) -> None:
    """For a page that only reads: ``vehicle_ids`` of this very object asks the database no more."""
    vehicle.__dict__[PINNED] = _read_ids(vehicle)


def _read_ids(vehicle: Vehicle) -> list[int]:
    merged = Vehicle.objects.filter(merged_into_id=vehicle.pk).values_list("pk", flat=True)
    return [vehicle.pk, *merged]


def matching_ids(text: str, limit: int) -> list[int]:
    """Those found by any part of plate or VIN, by make, or by their people's names and phones.

    At most about ``limit`` of each, any of them: whoever types two letters will type a third.
    """
    query = prefix_query(text)
    if not query:
        return []
    with connection.cursor() as cursor:
        cursor.execute(MATCHING, {"query": query, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Found:
    """Rows narrowed by a search; ``cut``: more fitted than a list goes through."""

    rows: QuerySet[Vehicle]
    cut: bool


def matching(rows: QuerySet[Vehicle], text: str) -> Found:
    """The rows that fit what was typed; all of them when nothing was."""
    if not text.strip():
        return Found(rows, False)
    ids = matching_ids(text, LISTED)
    return Found(rows.filter(pk__in=these(ids)), len(ids) >= LISTED)


def find_vehicles(user: User, text: str, limit: int = LOOKUP) -> list[Vehicle]:
    """For search as you type, those seen last first; nothing for an empty text."""
    if not text.strip():
        return []
    rows = Vehicle.objects.visible_to(user).live().select_related("owner")
    newest_first = F("last_visit_on").desc(nulls_last=True)
    ids = matching_ids(text, CANDIDATES)
    return list(rows.filter(pk__in=ids).order_by(newest_first, "-pk")[:limit])


def links_of(vehicle: Vehicle) -> list[chain.Link]:
    """The events of the car's chain, and of those merged into it, as the rules see them."""
    rows = OdometerEvent.objects.filter(vehicle_id__in=vehicle_ids(vehicle)).order_by("pk")
    values = rows.values_list("pk", "read_on", "reading", "old_reading", "corrects_id")
    return [chain.Link(*row) for row in values]


@dataclass(frozen=True)
class ChainRow:
    """An event with whether it still counts, and whether it can be corrected."""

    event: OdometerEvent
    counts: bool
    total_km: int | None


def chain_rows(vehicle: Vehicle) -> list[ChainRow]:
    """The whole chain, newest first, in two statements."""
    events = list(
        OdometerEvent.objects.filter(vehicle_id__in=vehicle_ids(vehicle))
        .select_related("by")
        .order_by("-read_on", "-pk")
    )
    links = [
        chain.Link(e.pk, e.read_on, e.reading, e.old_reading, e.corrects_id) for e in events
    ]
    totals = {stand.event: stand.total_km for stand in chain.stands(links)}
    return [ChainRow(e, e.pk in totals, totals.get(e.pk)) for e in events]


def people(vehicle: Vehicle) -> list[VehicleParty]:
    """Owners and drivers: the present ones first, then by their time."""
    rows = VehicleParty.objects.filter(vehicle=vehicle).select_related("party")
    return sorted(
        rows, key=lambda r: (r.until_date is not None, r.role != "owner", -r.from_date.toordinal())
    )


def plate_history(vehicle: Vehicle) -> list[PlateChange]:
    rows = PlateChange.objects.filter(vehicle=vehicle).select_related("by")
    return list(rows.order_by("-from_date", "-pk"))


class Reason(StrEnum):
    """Why two records may be the same car."""

    VIN_TAIL = "vin_tail"
    ENGINE = "engine"
    OLD_PLATE = "old_plate"


@dataclass(frozen=True)
class Duplicate:
    vehicle: Vehicle
    reasons: tuple[Reason, ...]


def possible_duplicates(vehicle: Vehicle, limit: int = 10) -> list[Duplicate]:
    """Live cars with the same end of the VIN, the same engine, or that carried the same plate.

    A whole plate or VIN is unique already; two records differ by a slip or by a missing number.
    """
    rows = Vehicle.objects.live().exclude(pk=vehicle.pk)
    reasons: dict[int, set[Reason]] = {}
    tail = vehicle.vin[-VIN_TAIL:].lower()
    if len(tail) == VIN_TAIL:
        for pk in matching_ids(tail, limit):
            reasons.setdefault(pk, set()).add(Reason.VIN_TAIL)
    if vehicle.engine_no:
        for pk in rows.filter(engine_no=vehicle.engine_no).values_list("pk", flat=True)[:limit]:
            reasons.setdefault(pk, set()).add(Reason.ENGINE)
    if vehicle.plate:
        past = PlateChange.objects.filter(plate=vehicle.plate).exclude(vehicle=vehicle)
        for pk in past.values_list("vehicle_id", flat=True)[:limit]:
            reasons.setdefault(pk, set()).add(Reason.OLD_PLATE)
    found = rows.filter(pk__in=reasons).select_related("owner").order_by("pk")[:limit]
    return [Duplicate(row, tuple(sorted(reasons[row.pk]))) for row in found]


def happenings(vehicle: Vehicle, limit: int = 30) -> list[Event]:
    """What was done to the car and to the records merged into it, newest first."""
    rows = Event.objects.filter(
        subject_type=vehicle._meta.label, subject_id__in=vehicle_ids(vehicle)
    )
    return list(rows.order_by("-id")[:limit])


@dataclass(frozen=True)
class Merged:
    """A merge into this record. ``until``: how long it may be undone; None when it may not."""

    merge: VehicleMerge
    name: str
    detail: str
    moved: int
    undone: VehicleUnmerge | None
    until: datetime | None


def merges_into(vehicle: Vehicle, at: datetime) -> list[Merged]:
    """Every merge into the car, newest first, in one statement."""
    return [
        Merged(
            row, str(row.absorbed), row.absorbed.car_name, sum(map(len, row.moved.values())),
            getattr(row, "undone", None), open_until(row, getattr(row, "undone", None), at),
        )
        for row in MERGES.all(vehicle.pk)
    ]


MERGES = Ready(
    lambda pk: VehicleMerge.objects.filter(kept=pk).select_related("absorbed", "by", "undone__by")
    .order_by("-pk")
)


def tags_of(vehicle: Vehicle) -> list[Tag]:
    return TAGS_OF.all(vehicle.pk)


TAGS_OF = Ready(lambda pk: Tag.objects.filter(vehicles__vehicle=pk))
