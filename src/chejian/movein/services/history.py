"""Heads of order history: what would be made, and making it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from chejian.accounts.models import Station, User
from chejian.movein import history, odometers, reconcile_history, rows
from chejian.movein.history import HeadDraft, amount
from chejian.movein.history_queries import (
    Carriers,
    KnownOrder,
    carriers,
    known_orders,
    parties_by_number,
    readings_of,
)
from chejian.movein.odometers import Doubt, Judgement, Seen
from chejian.movein.recognise import Sheet
from chejian.movein.reconcile import Line
from chejian.movein.rows import ParsedRow
from chejian.movein.services.recording import Recorder
from chejian.movein.services.visits import move_visits
from chejian.movein.values import TOO_FAR, Reading, Severity
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services.readings import PastReading, record_readings
from chejian.workorders.models import PastOrder
from chejian.workorders.queries.past import totals
from chejian.workorders.services.past import (
    PastOrderRecord,
    fill_past_orders,
    import_past_orders,
)

type Report = Callable[[str, int], None]


@dataclass
class HistoryPlan:
    """Everything that the import will do, found without writing anything."""

    rows: list[ParsedRow]
    drafts: list[HeadDraft]
    known: dict[str, KnownOrder] = field(default_factory=dict)

    def gaps(self, draft: HeadDraft) -> dict[str, int]:
        """What an order that is here already lacks and the row now gives."""
        order = self.known[draft.number]
        found = {
            "vehicle_id": draft.vehicle_id, "customer_id": draft.customer_id,
            "odometer": draft.odometer,
        }
        return {
            name: value
            for name, value in found.items()
            if value is not None and getattr(order, name) is None
        }


def plan(
    sheets: Sequence[Sheet], reading: Reading, report: Report, *, station_id: int
) -> HistoryPlan:
    parsed: list[ParsedRow] = []
    drafts: dict[str, HeadDraft] = {}
    for sheet in sheets:
        for row in rows.parse(sheet, reading):
            parsed.append(row)
            _take(row, drafts)
            report("reading", len(parsed))
    made = HistoryPlan(parsed, list(drafts.values()))
    report("comparing", len(parsed))
    _find_cars(made.drafts)
    _judge_readings(made.drafts, reading)
    made.known = known_orders(station_id, [draft.number for draft in made.drafts])
    for draft in made.drafts:
        _compare(draft, made.known.get(draft.number))
    return made


def _take(row: ParsedRow, drafts: dict[str, HeadDraft]) -> None:
    draft = history.check_head(row)
    if draft is None:
        return
    first = drafts.setdefault(draft.number, draft)
    if first is not draft:
        row.note(
            "order_number", "history.twice", Severity.ERROR, other=str(first.row.number)
        )


def _find_cars(drafts: Sequence[HeadDraft]) -> None:
    known = carriers(
        {draft.row.text("vin") for draft in drafts} - {""},
        {draft.row.text("plate") for draft in drafts} - {""},
    )
    owners = parties_by_number({draft.row.text("customer_number") for draft in drafts} - {""})
    for draft in drafts:
        vehicle = _car_of(draft.row, known)
        draft.vehicle_id = vehicle.pk if vehicle else None
        draft.customer_id = owners.get(draft.row.text("customer_number")) or (
            vehicle.owner_id if vehicle else None
        )


def _car_of(row: ParsedRow, known: Carriers) -> Vehicle | None:
    """By VIN, else by plate, else by a plate that one car alone carried before."""
    plate = row.text("plate")
    found = known.by_vin.get(row.text("vin")) or known.by_plate.get(plate)
    if found is not None:
        return found
    former = known.by_former_plate.get(plate)
    if former is not None:
        row.note(
            "plate", "history.former_plate", Severity.MENDED,
            mend=str(former), other=str(former),
        )
        return former
    row.note("plate", "history.unknown_car", Severity.WARNING)
    return None


# --- odometers --------------------------------------------------------------------------------
def _judge_readings(drafts: Sequence[HeadDraft], reading: Reading) -> None:
    """Each reading beside the others of its car; those of unknown cars stand alone."""
    by_car: dict[int | None, list[tuple[int, HeadDraft]]] = defaultdict(list)
    for key, draft in enumerate(drafts):
        draft.odometer = draft.row.get("odometer")
        if draft.odometer is not None:
            by_car[draft.vehicle_id].append((key, draft))
    chains = readings_of([pk for pk in by_car if pk is not None])
    for vehicle_id, found in by_car.items():
        for judged in _judgements(vehicle_id, found, chains):
            for key, judgement in judged.items():
                _say(drafts[key], judgement, reading)


def _judgements(
    vehicle_id: int | None,
    found: Sequence[tuple[int, HeadDraft]],
    chains: Mapping[int, Sequence[tuple[date, int]]],
) -> list[dict[int, Judgement]]:
    seen = [Seen(draft.row.get("opened_on"), draft.odometer or 0, key) for key, draft in found]
    if vehicle_id is None:
        return [odometers.judge([one]) for one in seen]
    stated = {(one.on, one.km) for one in seen}
    standing = [
        Seen(day, km) for day, km in chains.get(vehicle_id, ()) if (day, km) not in stated
    ]
    return [odometers.judge([*standing, *seen])]


def _say(draft: HeadDraft, judgement: Judgement, reading: Reading) -> None:
    if judgement.doubt is Doubt.OUT_OF_ORDER:
        draft.row.note("odometer", "km.out_of_order", Severity.WARNING)
        if draft.odometer is not None and draft.odometer > TOO_FAR:
            draft.odometer = None
        return
    mend = str(judgement.meant)
    if "km.ten_times" in reading.accepted:
        draft.odometer = judgement.meant
        draft.row.note("odometer", "km.ten_times", Severity.MENDED, mend=mend)
    else:
        draft.odometer = None
        draft.row.note("odometer", "km.ten_times", Severity.WARNING, mend=mend)


def _compare(draft: HeadDraft, known: KnownOrder | None) -> None:
    if known is not None and known.due != draft.due:
        draft.row.note(
            "due", "history.differs_now", Severity.WARNING, other=f"{known.due:,.2f}"
        )


# --- figures ----------------------------------------------------------------------------------
def counts(made: HistoryPlan) -> dict[str, int]:
    """How many orders would be made, linked further, and stay as they are."""
    found: Counter[str] = Counter(rows=len(made.rows))
    for draft in made.drafts:
        if draft.number not in made.known:
            found["past_orders_new"] += 1
        else:
            found["past_orders_filled" if made.gaps(draft) else "past_orders_same"] += 1
    found["left_out"] = sum(row.blocked for row in made.rows)
    return dict(found)


def reconciliation(made: HistoryPlan, controls: Mapping[str, Decimal]) -> list[Line]:
    return reconcile_history.of_heads(made.rows, made.drafts, controls)


def measured(made: HistoryPlan, *, station_id: int) -> dict[str, Decimal]:
    """What the database holds of this file: counted there, not here."""
    numbers = [draft.number for draft in made.drafts]
    found = totals(PastOrder.objects.filter(station_id=station_id, number__in=numbers))
    return {
        "history_orders": Decimal(found.count),
        "history_due": found.due,
        "history_received": found.received,
    }


# --- carrying it out --------------------------------------------------------------------------
def carry_out(
    made: HistoryPlan, *, station: Station, run_id: int, by: User, at: datetime, report: Report,
    recorder: Recorder,
) -> None:
    """Write what ``plan`` found, in the present transaction."""
    report("past_orders", 0)
    new = [record(draft) for draft in made.drafts if draft.number not in made.known]
    import_past_orders(
        station=station, records=new, import_run=run_id,
        report=lambda done: report("past_orders", done // 2),
    )
    fill_past_orders({
        made.known[draft.number].pk: gaps
        for draft in made.drafts
        if draft.number in made.known and (gaps := made.gaps(draft))
    })
    report("readings", len(made.rows) // 2)
    record_readings(
        [
            PastReading(
                draft.vehicle_id, draft.row.get("opened_on"), draft.odometer, draft.number
            )
            for draft in made.drafts
            if draft.vehicle_id is not None and draft.odometer is not None
        ],
        import_run=run_id, by=by, at=at,
    )
    move_visits(
        (
            (draft.vehicle_id, draft.row.get("opened_on"))
            for draft in made.drafts
            if draft.vehicle_id is not None
        ),
        recorder,
    )
    report("done", len(made.rows))


def record(draft: HeadDraft) -> PastOrderRecord:
    row = draft.row
    return PastOrderRecord(
        number=draft.number, opened_on=row.get("opened_on"), row=row.number,
        vehicle_id=draft.vehicle_id, customer_id=draft.customer_id, plate=row.text("plate"),
        settled_on=row.get("settled_on"), odometer=draft.odometer,
        odometer_stated=row.get("odometer"), repair_type=row.text("repair_type"),
        adviser=row.text("adviser"), concern=row.text("concern"), labour=amount(row, "labour"),
        material=amount(row, "material"), other=amount(row, "other"),
        discount=amount(row, "discount"), due=draft.due, received=amount(row, "received"),
        payment=row.cells.get("payment", "").strip()[:60], methods=row.get("payment") or (),
        adds_up=draft.adds_up,
    )
