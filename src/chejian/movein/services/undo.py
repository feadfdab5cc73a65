"""Taking a whole import back, until the first document touches what it made.

Rows that stand in no ledger go as if they had never come; filled rows get back what they had; the
opening of stock and its entry are reversed, for a ledger only grows. Whatever else points to a row
of the run, or was changed by a person since, is a touch: then nothing is taken back at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory.models
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.billing.errors import NotReversible
from chejian.catalog.models import Part, PartNumber
from chejian.catalog.services import taking_back as part_rows
from chejian.core.errors import NotPermitted
from chejian.core.outbox import emit
from chejian.inventory.models import (
    Bin,
    StockLevel,
    StockMove,
    StockReceipt,
    StockReceiptLine,
    Warehouse,
)
from chejian.inventory.services.reversing import OpeningTouched, never_moved, reverse_opening
from chejian.movein.columns import FileKind
from chejian.movein.errors import Touched, WrongState
from chejian.movein.models import ImportRecord, ImportRun
from chejian.movein.services import balances
from chejian.movein.services.readiness import lock_run
from chejian.movein.services.recording import ADDED_NUMBERS, as_values, label_of
from chejian.movein.services.running import ONE_AT_A_TIME
from chejian.movein.services.visits import move_visits_back
from chejian.parties.models import Contact, Party
from chejian.parties.services import taking_back as party_rows
from chejian.vehicles.models import OdometerEvent, PlateChange, Vehicle, VehicleParty
from chejian.vehicles.services import taking_back as vehicle_rows
from chejian.vehicles.services.readings import remove_readings
from chejian.workorders.queries.past import imported
from chejian.workorders.services.past import remove_past

EXAMPLES = 5
UNDO_TASK = "movein.undo"
Status = ImportRun.Status
OWN: dict[type[models.Model], tuple[type[models.Model], ...]] = {
    Party: (Contact, VehicleParty),
    Vehicle: (VehicleParty, PlateChange, OdometerEvent),
    Part: (PartNumber, StockLevel, StockMove, StockReceiptLine),
}
"""What goes with a row (or, of stock, is reversed before): no touch as long as the run made it."""
type TakeBack = Callable[[ImportRun, User, datetime], None]


@dataclass(frozen=True)
class Touch:
    """Something that came after the import and holds on to it: whose, how many, some by name."""

    what: str
    count: int
    examples: tuple[str, ...] = ()


@transaction.atomic
def undo_import(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Take back everything that the run made and filled in; the file can be loaded again.

    Raises Touched (with every touch), WrongState, NotPermitted, PeriodClosed.
    """
    if not by.can_at(P.IMPORT_DATA, run.station_id):
        raise NotPermitted(_("You do not have the permission for this."))
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    fresh = lock_run(run)
    if fresh.status not in {Status.IMPORTED, Status.UNDOING} or fresh.kind not in UNDOERS:
        raise WrongState(_("Only an import that was carried out can be taken back."))
    UNDOERS[fresh.kind](fresh, by, at)
    fresh.status = ImportRun.Status.UNDONE
    fresh.undone_by, fresh.undone_at = by, at
    fresh.save(update_fields=["status", "undone_by", "undone_at"])
    emit(
        "import.undone", fresh, station_id=fresh.station_id, by=by, at=at, file=fresh.file_name
    )
    return fresh


@transaction.atomic
def request_undo(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Queue the taking back; the worker does it. Raises WrongState, NotPermitted."""
    if not by.can_at(P.IMPORT_DATA, run.station_id):
        raise NotPermitted(_("You do not have the permission for this."))
    fresh = lock_run(run)
    if fresh.status != Status.IMPORTED or fresh.kind not in UNDOERS:
        raise WrongState(_("Only an import that was carried out can be taken back."))
    fresh.status, fresh.touches = Status.UNDOING, []
    fresh.save(update_fields=["status", "touches"])
    queue.configure_task(UNDO_TASK).defer(run_id=fresh.pk, by_id=by.pk)
    return fresh


@transaction.atomic
def keep_import(*, run: ImportRun, touches: Sequence[Touch] = (), reason: str = "") -> ImportRun:
    """It could not be taken back and stays as it is; what held on to it is written down."""
    fresh = lock_run(run)
    fresh.status, fresh.error = Status.IMPORTED, reason[:300]
    fresh.touches = touches_as_json(touches)
    fresh.save(update_fields=["status", "error", "touches"])
    return fresh


def touches_as_json(touches: Sequence[Touch]) -> list[dict[str, Any]]:
    return [
        {"what": touch.what, "count": touch.count, "examples": list(touch.examples)}
        for touch in touches
    ]


# --- what each kind takes back -----------------------------------------------------------------
def _undo_cars(run: ImportRun, by: User, at: datetime) -> None:
    vehicles, parties = _ids(run, Vehicle), _ids(run, Party)
    openings = balances.openings_of(run.pk)
    known: dict[type[models.Model], set[int]] = {
        Vehicle: vehicles | _ids(run, Vehicle, ImportRecord.Action.FILLED),
        **balances.rows_of(openings),
    }
    _refuse([
        *_changed_since(run, Vehicle), *_changed_since(run, Party),
        *_later_rows(run, Vehicle, vehicles), *_later_rows(run, Party, parties),
        *_foreign_rows(Vehicle, vehicles), *_foreign_rows(Party, parties, known),
        *_later_readings(run),
    ])
    _reverse_balances(run, by, at)
    in_the_books = {opening.party_id for opening in openings}
    vehicle_rows.restore_vehicles(_before(run, Vehicle), import_run=run.pk, at=at)
    for model in (PlateChange, VehicleParty, Contact):
        model._base_manager.filter(pk__in=_ids(run, model)).delete()
    vehicle_rows.remove_vehicles(vehicles, import_run=run.pk)
    party_rows.restore_parties(_before(run, Party), at=at)
    gone = parties - in_the_books
    _refuse(list(_foreign_rows(Party, gone, mine=(Contact,))))
    party_rows.remove_parties(gone)


def _reverse_balances(run: ImportRun, by: User, at: datetime) -> None:
    """The books go on naming whose balance was opened and reversed: these customers stay."""
    try:
        balances.take_back(run_id=run.pk, reason=str(_("Import taken back")), by=by, at=at)
    except NotReversible as error:
        _refuse([Touch(str(_("Opening balances")), 1, (str(error),))])


def _undo_history(run: ImportRun, by: User, at: datetime) -> None:
    """Orders and their readings; the lines of another file must have gone before."""
    found = imported(run.pk)
    corrected = OdometerEvent.objects.filter(corrects__import_run=run.pk).exclude(
        import_run=run.pk
    )
    _refuse([
        Touch(str(_("Lines of order history")), found.lines_of_others),
        _touch(OdometerEvent, corrected),
    ])
    remove_past(import_run=run.pk)
    remove_readings(import_run=run.pk)
    move_visits_back(run)


def _undo_history_lines(run: ImportRun, by: User, at: datetime) -> None:
    remove_past(import_run=run.pk)


def _undo_parts(run: ImportRun, by: User, at: datetime) -> None:
    made = _ids(run, Part)
    revived = _ids(run, Part, ImportRecord.Action.REVIVED)
    _refuse([
        *_changed_since(run, Part), *_later_rows(run, Part, made),
        *_foreign_rows(Part, made | revived),
    ])
    _reverse_openings(run, by, at)
    before = _before(run, Part)
    numbers = {pk: [tuple(pair) for pair in fields.pop(ADDED_NUMBERS, ())]
               for pk, fields in before.items()}
    part_rows.restore_parts(before, numbers, at=at)
    gone = never_moved(made)
    StockLevel.objects.filter(part_id__in=gone)._raw_delete("default")
    part_rows.remove_parts(gone)
    _withdraw(run, (made - gone) | revived, at)
    _remove_warehouses(run)


def _reverse_openings(run: ImportRun, by: User, at: datetime) -> None:
    receipts = StockReceipt.objects.filter(pk__in=_ids(run, StockReceipt)).order_by("pk")
    touches = []
    for receipt in receipts.select_related("entry", "warehouse"):
        try:
            reverse_opening(receipt=receipt, by=by, at=at)
        except OpeningTouched as error:
            labels = error.data["labels"]
            touches.append(
                Touch(
                    str(_("Stock that has moved or is reserved")), len(labels),
                    tuple(labels[:EXAMPLES]),
                )
            )
    _refuse(touches)


def _withdraw(run: ImportRun, ids: Iterable[int], at: datetime) -> None:
    """Parts that stay in the ledger, noted so that a later import makes them anew."""
    ImportRecord.objects.bulk_create(
        ImportRecord(
            run=run, model=label_of(part), object_id=part.pk, version=part.version,
            action=ImportRecord.Action.WITHDRAWN,
        )
        for part in part_rows.withdraw_parts(ids, at=at)
    )


def _remove_warehouses(run: ImportRun) -> None:
    """Warehouses that the run made and that never held anything."""
    for warehouse in Warehouse.objects.filter(pk__in=_ids(run, Warehouse)):
        used = (
            StockMove.objects.filter(warehouse=warehouse).exists()
            or StockLevel.objects.filter(warehouse=warehouse).exists()
        )
        if not used:
            Bin.objects.filter(warehouse=warehouse).delete()
            warehouse.delete()


UNDOERS: dict[str, TakeBack] = {
    FileKind.CARS: _undo_cars,
    FileKind.PARTS: _undo_parts,
    FileKind.HISTORY_HEADS: _undo_history,
    FileKind.HISTORY_LINES: _undo_history_lines,
}
"""By kind of file: takes back what the run did, or raises Touched."""


# --- touches -----------------------------------------------------------------------------------
def _refuse(touches: Sequence[Touch]) -> None:
    found = [touch for touch in touches if touch.count]
    if found:
        raise Touched(
            _("The import cannot be taken back any more: what it made is in use."), touches=found
        )


def _ids(
    run: ImportRun, model: type[models.Model], action: str = ImportRecord.Action.MADE
) -> set[int]:
    rows = run.records.filter(model=label_of(model), action=action)
    return set(rows.values_list("object_id", flat=True))


def _before(run: ImportRun, model: type[models.Model]) -> dict[int, dict[str, Any]]:
    """By id, the fields as they were before the run."""
    rows = run.records.filter(model=label_of(model), action=ImportRecord.Action.FILLED)
    kept: dict[int, dict[str, Any]] = {}
    for record in rows:
        extra = {ADDED_NUMBERS: record.before.pop(ADDED_NUMBERS, [])} if model is Part else {}
        kept[record.object_id] = {**as_values(model, record.before), **extra}
    return kept


def _changed_since(run: ImportRun, model: type[models.Model]) -> Iterator[Touch]:
    """Rows that somebody changed or deleted after the run."""
    versions = dict(
        run.records.filter(model=label_of(model))
        .exclude(action=ImportRecord.Action.WITHDRAWN)
        .values_list("object_id", "version")
    )
    rows = model._base_manager.select_for_update().filter(pk__in=versions).order_by("pk")
    changed = [row for row in rows if getattr(row, "version", None) != versions[row.pk]]
    if changed:
        names = tuple(str(row) for row in changed[:EXAMPLES])
        yield Touch(str(_("Changed since: %(what)s") % {"what": _word(model)}), len(changed), names)


def _later_rows(
    run: ImportRun, model: type[models.Model], ids: Iterable[int]
) -> Iterator[Touch]:
    """Rows of their own tables (contacts, plates, readings) that came after the run."""
    wanted = list(ids)
    for key in _keys_to(model):
        if key.model in OWN[model] and label_of(key.model) in run.ceilings:
            rows = key.model._base_manager.filter(
                **{f"{key.attname}__in": wanted}, pk__gt=run.ceilings[label_of(key.model)]
            )
            if model is Party and key.model is VehicleParty:
                continue  # seen from the car
            yield _touch(key.model, rows)


def _later_readings(run: ImportRun) -> Iterator[Touch]:
    """Readings after the run on cars that it only filled in: the odometer would fall back."""
    filled = _ids(run, Vehicle, ImportRecord.Action.FILLED)
    ceiling = run.ceilings.get(label_of(OdometerEvent), 0)
    yield _touch(
        OdometerEvent, OdometerEvent.objects.filter(vehicle_id__in=filled, pk__gt=ceiling)
    )


def _foreign_rows(
    model: type[models.Model],
    ids: Iterable[int],
    made: Mapping[type[models.Model], set[int]] | None = None,
    mine: Sequence[type[models.Model]] | None = None,
) -> Iterator[Touch]:
    """Rows of any table, of any app, that point to these and do not belong to them."""
    own, wanted = OWN[model] if mine is None else mine, list(ids)
    for key in _keys_to(model):
        if key.model in own:
            continue
        rows = key.model._base_manager.filter(**{f"{key.attname}__in": wanted})
        if made and key.model in made:
            rows = rows.exclude(pk__in=made[key.model])
        yield _touch(key.model, rows)


def _keys_to(model: type[models.Model]) -> "Iterator[models.ForeignKey[Any, Any]]":
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            key: Any = relation.field
            if not issubclass(key.model, pghistory.models.Event):
                yield key


def _touch(model: type[models.Model], rows: "models.QuerySet[Any, Any]") -> Touch:
    found = list(rows.order_by("pk")[: EXAMPLES + 1])
    count = len(found) if len(found) <= EXAMPLES else rows.count()
    return Touch(_word(model), count, tuple(str(row) for row in found[:EXAMPLES]))


def _word(model: type[models.Model]) -> str:
    return str(WORDS.get(label_of(model), model._meta.verbose_name))


WORDS = {
    "parties.party": _("Customers"),
    "parties.contact": _("Contacts"),
    "vehicles.vehicle": _("Cars"),
    "vehicles.vehicleparty": _("Owners and drivers"),
    "vehicles.platechange": _("Plates"),
    "vehicles.odometerevent": _("Odometer readings"),
    "catalog.part": _("Parts"),
    "catalog.partnumber": _("Part numbers"),
    "workorders.workorder": _("Work orders"),
    "workorders.partline": _("Part lines of work orders"),
    "workorders.pastorder": _("Order history"),
    "workorders.pastline": _("Lines of order history"),
    "billing.openingbalance": _("Opening balances"),
    "billing.payment": _("Payments"),
    "billing.settlement": _("Settlements"),
    "billing.receivable": _("Receivables"),
    "books.posting": _("Postings"),
    "inventory.stockreservation": _("Reservations"),
    "inventory.stockreceipt": _("Receipts"),
}
