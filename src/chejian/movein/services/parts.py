"""Parts and stock of a file: what would be made, and making it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.catalog.services import bulk as part_bulk
from chejian.catalog.services.bulk import PartRecord
from chejian.catalog.services.taking_back import revive_parts
from chejian.core.formats import quantity as in_words
from chejian.inventory.models import StockMove, Warehouse
from chejian.inventory.services.opening import (
    OpeningLine,
    ensure_warehouses,
    open_stock,
    opened_places,
)
from chejian.movein import parts, reconcile, rows
from chejian.movein.choices import NoCost, StockChoices, from_json
from chejian.movein.models import ImportRecord
from chejian.movein.parts import PartDraft, StockDraft
from chejian.movein.queries import (
    known_part_numbers,
    known_parts,
    last_purchase_costs,
    withdrawn_parts,
)
from chejian.movein.recognise import Sheet
from chejian.movein.rows import ParsedRow
from chejian.movein.services.recording import ADDED_NUMBERS, Recorder, snapshot
from chejian.movein.values import Reading, Severity

type Report = Callable[[str, int], None]
USUAL_WAREHOUSE = "主仓"


@dataclass
class PartPlan:
    """Everything that the import will do, found without writing anything.

    ``opening`` are the places to be opened: part and warehouse without any move yet. ``withdrawn``
    are parts that went with an import taken back: they are made anew.
    """

    station_id: int
    rows: list[ParsedRow]
    drafts: list[PartDraft]
    known: dict[str, Part] = field(default_factory=dict)
    numbers: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    opening: dict[str, list[tuple[PartDraft, StockDraft]]] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    same: int = 0
    same_value: Decimal = Decimal(0)

    def standing(self, draft: PartDraft) -> Part | None:
        """The part as it stands; one that was withdrawn does not."""
        part = self.known.get(draft.number)
        return None if part is None or part.pk in self.withdrawn else part


def plan(
    sheets: Sequence[Sheet],
    reading: Reading,
    report: Report,
    *,
    station_id: int,
    choices: Mapping[str, Any] | None = None,
) -> PartPlan:
    parsed: list[ParsedRow] = []
    for sheet in sheets:
        parsed.extend(rows.parse(sheet, reading))
        report("reading", len(parsed))
    drafts = parts.gather(parsed, _choices(choices or {}, parsed))
    made = PartPlan(station_id, parsed, drafts)
    report("comparing", len(parsed))
    made.known = known_parts({draft.number for draft in drafts})
    made.numbers = known_part_numbers(made.known.values())
    made.withdrawn = withdrawn_parts(part.pk for part in made.known.values() if not part.active)
    _sort_stock(made)
    return made


def _choices(kept: Mapping[str, Any], parsed: Sequence[ParsedRow]) -> StockChoices:
    asked = kept.get("no_cost") == NoCost.LAST_PURCHASE
    costs = last_purchase_costs({row.text("number") for row in parsed}) if asked else {}
    return from_json(kept, costs)


def _sort_stock(made: PartPlan) -> None:
    """What can be opened; what has moved already is only compared."""
    warehouses = {w.name: w for w in Warehouse.objects.filter(station_id=made.station_id)}
    first = min(warehouses.values(), key=lambda w: w.pk).name if warehouses else USUAL_WAREHOUSE
    opened = opened_places(warehouses.values())
    for draft in made.drafts:
        by_warehouse: dict[str, list[StockDraft]] = {}
        for stock in draft.stock:
            by_warehouse.setdefault(stock.warehouse or first, []).append(stock)
        for name, stocks in by_warehouse.items():
            now = _quantity_now(made, draft, warehouses.get(name), opened)
            if now is None:
                made.opening.setdefault(name, []).extend((draft, stock) for stock in stocks)
            else:
                made.same += len(stocks)
                made.same_value += sum((stock.value for stock in stocks), Decimal(0))
                _compare(stocks, now)


def _quantity_now(
    made: PartPlan,
    draft: PartDraft,
    warehouse: Warehouse | None,
    opened: Mapping[tuple[int, int], Decimal],
) -> Decimal | None:
    part = made.known.get(draft.number)
    if part is None or warehouse is None:
        return None
    return opened.get((part.pk, warehouse.pk))


def _compare(stocks: Sequence[StockDraft], now: Decimal) -> None:
    if sum((stock.quantity for stock in stocks), Decimal(0)) != now:
        stocks[0].row.note("quantity", "stock.differs_now", Severity.WARNING, other=in_words(now))


def part_record(draft: PartDraft) -> PartRecord:
    return PartRecord(
        draft.number, draft.name, draft.values, tuple(draft.interchange), tuple(draft.oe_numbers)
    )


def _gaps(made: PartPlan, draft: PartDraft, part: Part) -> part_bulk.Gaps | None:
    record = part_record(draft)
    fields = part_bulk.missing(part, record)
    numbers = [other for other in record.others if other not in made.numbers.get(part.pk, set())]
    return (fields, numbers) if fields or numbers else None


def counts(made: PartPlan) -> dict[str, int]:
    """How many parts and stock places would be made, filled in, and stay as they are."""
    found: Counter[str] = Counter(rows=len(made.rows))
    for draft in made.drafts:
        part = made.standing(draft)
        gaps = part and _gaps(made, draft, part)
        found["parts_new" if part is None else "parts_filled" if gaps else "parts_same"] += 1
    opening = [stock for stocks in made.opening.values() for _, stock in stocks]
    found["stock_new"] = sum(stock.quantity > 0 for stock in opening)
    found["stock_same"] = made.same
    found["left_out"] = sum(row.blocked for row in made.rows)
    return dict(found)


def reconciliation(made: PartPlan, controls: Mapping[str, Decimal]) -> list[reconcile.Line]:
    return reconcile.of_parts(made.rows, made.drafts, controls)


def carry_out(
    made: PartPlan, *, note: str, by: User, at: datetime, report: Report, recorder: Recorder
) -> None:
    """Write what ``plan`` found, in the present transaction."""
    report("parts", 0)
    _write_parts(made, by, at, recorder)
    report("stock", len(made.rows) // 2)
    _write_stock(made, note, by, at, recorder)
    report("done", len(made.rows))


def _write_parts(made: PartPlan, by: User, at: datetime, recorder: Recorder) -> None:
    _fill_parts(made, at, recorder)
    back = {
        made.known[draft.number].pk: part_record(draft)
        for draft in made.drafts
        if draft.number in made.known and made.standing(draft) is None
    }
    recorder.made(revive_parts(back, at=at), ImportRecord.Action.REVIVED)
    new = [draft for draft in made.drafts if draft.number not in made.known]
    fresh = part_bulk.import_parts([part_record(draft) for draft in new], by=by, at=at)
    made.known |= {part.number: part for part in fresh}
    recorder.made(fresh)


def _fill_parts(made: PartPlan, at: datetime, recorder: Recorder) -> None:
    changes, before = {}, {}
    for draft in made.drafts:
        part = made.standing(draft)
        gaps = _gaps(made, draft, part) if part else None
        if part is not None and gaps is not None:
            changes[part.pk], before[part.pk] = gaps, snapshot(part)
    for part in part_bulk.fill_parts(changes, at=at):
        recorder.filled(part, before[part.pk], {ADDED_NUMBERS: changes[part.pk][1]})


def _write_stock(
    made: PartPlan, note: str, by: User, at: datetime, recorder: Recorder
) -> None:
    """A receipt per warehouse; only what is on hand reaches the ledger."""
    standing = set(
        Warehouse.objects.filter(station_id=made.station_id).values_list("pk", flat=True)
    )
    warehouses = ensure_warehouses(
        station_id=made.station_id, names=made.opening, by=by, at=at
    )
    recorder.made(place for place in warehouses.values() if place.pk not in standing)
    for name, stocks in made.opening.items():
        lines = [
            OpeningLine(made.known[draft.number], stock.quantity, stock.cost, stock.bin)
            for draft, stock in stocks
        ]
        receipt = open_stock(warehouse=warehouses[name], lines=lines, note=note, by=by, at=at)
        if receipt is not None:
            recorder.made([receipt])


def measured(made: PartPlan) -> dict[str, Decimal]:
    """What the database holds of this file after it was carried out: counted there, not here."""
    parts_held = {made.known[draft.number].pk for draft in made.drafts}
    return {
        "part_rows": Decimal(Part.objects.filter(pk__in=parts_held).count()),
        "stock_value": made.same_value + _opened_value(made, parts_held),
    }


def _opened_value(made: PartPlan, part_ids: Collection[int]) -> Decimal:
    """What the ledger opened in the places that were opened now; others are only compared."""
    places = {
        (made.known[draft.number].pk, name)
        for name, stocks in made.opening.items()
        for draft, _stock in stocks
    }
    moves = StockMove.objects.filter(
        station_id=made.station_id, part_id__in=part_ids, kind=StockMove.Kind.OPENING
    )
    rows = moves.values_list("part_id", "warehouse__name").annotate(sum=Sum("value"))
    return sum((value for part, name, value in rows if (part, name) in places), Decimal(0))
