"""What is there already: customers, cars, parts, stock that the rows of a file may stand for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, QuerySet

from chejian.accounts.models import User
from chejian.catalog.models import Part, PartNumber
from chejian.core.text import squeeze
from chejian.inventory.models import StockReceipt, StockReceiptLine
from chejian.movein.columns import FileKind
from chejian.movein.models import ImportBatch, ImportProblem, ImportRecord, ImportRun
from chejian.parties.models import Contact, Party
from chejian.vehicles.models import Vehicle


@dataclass
class KnownParties:
    """Customers by old number, and by phone and name; of merged ones, who they are now."""

    by_number: dict[str, Party] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], Party] = field(default_factory=dict)
    contacts: dict[int, list[str]] = field(default_factory=dict)


def name_key(name: str) -> str:
    return squeeze(name).lower()


def known_parties(numbers: Collection[str], phones: Collection[str]) -> KnownParties:
    known = KnownParties()
    numbered = Party.objects.filter(legacy_number__in=numbers).select_related("merged_into")
    for party in numbered.order_by("-merged_into_id"):
        known.by_number[party.legacy_number] = party.merged_into or party
    phoned = Party.objects.filter(phone__in=phones).select_related("merged_into")
    for party in phoned.order_by("-pk"):
        live = party.merged_into or party
        known.by_phone[party.phone, name_key(party.name)] = live
    ids = {party.pk for party in (*known.by_number.values(), *known.by_phone.values())}
    for party_id, name in Contact.objects.filter(party_id__in=ids).values_list("party_id", "name"):
        known.contacts.setdefault(party_id, []).append(name)
    return known


@dataclass
class KnownVehicles:
    by_vin: dict[str, Vehicle] = field(default_factory=dict)
    by_plate: dict[str, Vehicle] = field(default_factory=dict)


def known_vehicles(vins: Collection[str], plates: Collection[str]) -> KnownVehicles:
    """Live cars by VIN and by present plate; a merged one by VIN leads to the one that was kept."""
    known = KnownVehicles()
    rows = Vehicle.objects.filter(vin__in=vins).exclude(vin="")
    for vehicle in rows.select_related("merged_into", "owner").order_by("-merged_into_id"):
        known.by_vin[vehicle.vin] = vehicle.merged_into or vehicle
    carrying = Vehicle.objects.live().filter(plate__in=plates).exclude(plate="")
    for vehicle in carrying.select_related("owner"):
        known.by_plate[vehicle.plate] = vehicle
    return known


def known_parts(numbers: Collection[str]) -> dict[str, Part]:
    return {part.number: part for part in Part.objects.filter(number__in=numbers)}


def known_part_numbers(parts: Iterable[Part]) -> dict[int, set[tuple[str, str]]]:
    """Kind and number of the further numbers of each part."""
    rows = PartNumber.objects.filter(part_id__in=[part.pk for part in parts])
    found: dict[int, set[tuple[str, str]]] = {}
    for part_id, kind, number in rows.values_list("part_id", "kind", "number"):
        found.setdefault(part_id, set()).add((kind, number))
    return found


def last_purchase_costs(numbers: Collection[str]) -> dict[str, Decimal]:
    """Unit cost of the newest receipt of each part, by part number; openings are no purchases."""
    lines = StockReceiptLine.objects.filter(
        part__number__in=numbers, receipt__kind=StockReceipt.Kind.RECEIPT, unit_cost__gt=0
    )
    newest = lines.order_by("part_id", "-pk").distinct("part_id")
    return dict(newest.values_list("part__number", "unit_cost"))


def withdrawn_parts(ids: Iterable[int]) -> set[int]:
    """Of these parts, those that went out of use with an import that was taken back."""
    rows = ImportRecord.objects.filter(
        model=Part._meta.label_lower, object_id__in=list(ids), action=ImportRecord.Action.WITHDRAWN
    )
    return set(rows.values_list("object_id", flat=True))


def controls_of(station_id: int) -> dict[str, Decimal]:
    """The figures of the newest file of control totals that the station loaded."""
    runs = ImportRun.objects.filter(station_id=station_id, kind=FileKind.CONTROLS)
    newest = runs.order_by("-pk").first()
    return {} if newest is None else {k: Decimal(v) for k, v in newest.controls.items()}


def runs_of(user: User, station_id: int) -> QuerySet[ImportRun]:
    rows = ImportRun.objects.visible_to(user).filter(station_id=station_id)
    return rows.select_related("created_by", "imported_by").order_by("-pk")


def batches_of(user: User, station_id: int) -> QuerySet[ImportBatch]:
    """Files taken together at the station, with how many they are, newest first."""
    rows = ImportBatch.objects.visible_to(user).filter(station_id=station_id)
    return rows.select_related("created_by").annotate(files=Count("runs")).order_by("-pk")


@dataclass(frozen=True)
class ProblemGroup:
    """All findings of one kind: how many, and an example."""

    code: str
    severity: str
    count: int


def problem_groups(run: ImportRun) -> list[ProblemGroup]:
    """Gravest first, then the most frequent."""
    rank = {"error": 0, "warning": 1, "mended": 2}
    rows = run.problems.values("code", "severity").annotate(n=Count("pk"))
    groups = [ProblemGroup(row["code"], row["severity"], row["n"]) for row in rows]
    return sorted(groups, key=lambda group: (rank[group.severity], -group.count, group.code))


def problems(run: ImportRun, *, code: str = "", severity: str = "") -> QuerySet[ImportProblem]:
    rows = run.problems.order_by("sheet", "row", "pk")
    if code:
        rows = rows.filter(code=code)
    return rows.filter(severity=severity) if severity else rows
