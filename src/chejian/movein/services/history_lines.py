"""Lines of order history: what would be made, and making it.

The rows are many: of each only what comes in is kept, and the row itself when something was found
in it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Station
from chejian.core.formats import money
from chejian.movein import history, reconcile_history, rows
from chejian.movein.errors import HeadsMissing
from chejian.movein.history import LineDraft
from chejian.movein.history_queries import (
    Content,
    KnownOrder,
    any_order,
    known_lines,
    known_orders,
    part_ids,
)
from chejian.movein.recognise import Sheet
from chejian.movein.reconcile import Line
from chejian.movein.rows import ParsedRow
from chejian.movein.values import Reading, Severity
from chejian.workorders.services.past import PastLineRecord, import_past_lines

type Report = Callable[[str, int], None]
EVERY = 500
SUMS = (("labour", "labour"), ("part", "material"))


@dataclass
class LinePlan:
    """Everything that the import will do. ``rows`` are those in which something was found."""

    rows: list[ParsedRow] = field(default_factory=list)
    read: int = 0
    drafts: list[LineDraft] = field(default_factory=list)
    orders: dict[str, KnownOrder] = field(default_factory=dict)
    new: list[LineDraft] = field(default_factory=list)
    parts: dict[str, int] = field(default_factory=dict)


def plan(
    sheets: Sequence[Sheet], reading: Reading, report: Report, *, station_id: int
) -> LinePlan:
    """Raises HeadsMissing while no order of the old system is here."""
    if not any_order(station_id):
        raise HeadsMissing(_("Please import the order history first, then its lines."))
    made = LinePlan()
    drafts: list[tuple[ParsedRow | None, LineDraft]] = []
    for row in _rows_of(sheets, reading):
        made.read += 1
        draft = history.check_line(row)
        if row.findings:
            made.rows.append(row)
        if draft is not None:
            drafts.append((row if row.findings else None, draft))
        if made.read % EVERY == 0:
            report("reading", made.read)
    report("comparing", made.read)
    made.orders = known_orders(station_id, {draft.number for _row, draft in drafts})
    made.drafts = list(_placed(made, drafts, sheets[0].name if sheets else ""))
    _sort_new(made)
    _compare_sums(made, sheets[0].name if sheets else "")
    made.parts = part_ids({draft.code for draft in made.drafts if draft.code})
    made.rows.sort(key=lambda row: row.number)
    return made


def _rows_of(sheets: Sequence[Sheet], reading: Reading) -> Iterator[ParsedRow]:
    for sheet in sheets:
        yield from rows.parse(sheet, reading)


def _placed(
    made: LinePlan, drafts: Sequence[tuple[ParsedRow | None, LineDraft]], sheet: str
) -> Iterator[LineDraft]:
    """Those whose order is here; the others are left out and said so."""
    for row, draft in drafts:
        if draft.number in made.orders:
            yield draft
            continue
        noted = row or _bare_row(sheet, draft, "order_number", draft.number)
        if row is None:
            made.rows.append(noted)
        noted.note("order_number", "history.no_order", Severity.ERROR)


def _bare_row(sheet: str, draft: LineDraft, key: str, text: str) -> ParsedRow:
    """A row in which something was found only after it was put aside."""
    return ParsedRow(sheet, draft.row, {}, {key: text})


def _sort_new(made: LinePlan) -> None:
    """A line that stands in its order as often as in the file is there already."""
    standing = known_lines({order.pk for order in made.orders.values()})
    for draft in made.drafts:
        there = standing.get(made.orders[draft.number].pk)
        if there is not None and there[draft.content] > 0:
            there[draft.content] -= 1
        else:
            made.new.append(draft)


def _compare_sums(made: LinePlan, sheet: str) -> None:
    """Labour and material of the head beside its lines, those there already counted in."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    first: dict[str, LineDraft] = {}
    for draft in made.drafts:
        sums[draft.number, draft.kind] += draft.amount
        first.setdefault(draft.number, draft)
    noted = {row.number: row for row in made.rows}
    for number, draft in first.items():
        order = made.orders[number]
        for kind, column in SUMS:
            stated, found = getattr(order, column), sums[number, kind]
            if stated != found:
                row = noted.get(draft.row)
                if row is None:
                    row = noted[draft.row] = _bare_row(sheet, draft, "amount", money(found))
                    made.rows.append(row)
                row.note(
                    "amount", f"history.{column}_differs", Severity.WARNING, other=money(stated),
                    found=money(found),
                )


def counts(made: LinePlan) -> dict[str, int]:
    found: Counter[str] = Counter(rows=made.read)
    found["past_lines_new"] = len(made.new)
    found["past_lines_same"] = len(made.drafts) - len(made.new)
    found["left_out"] = made.read - len(made.drafts)
    return dict(found)


def reconciliation(made: LinePlan, controls: Mapping[str, Decimal]) -> list[Line]:
    return reconcile_history.of_lines(made.read, made.rows, made.drafts, controls)


def measured(made: LinePlan) -> dict[str, Decimal]:
    """How many lines of this file the database holds: each looked for there."""
    standing = known_lines({order.pk for order in made.orders.values()})
    wanted: dict[int, Counter[Content]] = defaultdict(Counter)
    for draft in made.drafts:
        wanted[made.orders[draft.number].pk][draft.content] += 1
    held = sum((wanted[pk] & standing.get(pk, Counter())).total() for pk in wanted)
    return {"history_lines": Decimal(held)}


def carry_out(made: LinePlan, *, station: Station, run_id: int, report: Report) -> None:
    """Write what ``plan`` found, in the present transaction."""
    report("past_lines", 0)
    import_past_lines(
        station=station, records=[_record(made, draft) for draft in made.new], import_run=run_id,
        report=lambda done: report("past_lines", done),
    )
    report("done", made.read)


def _record(made: LinePlan, draft: LineDraft) -> PastLineRecord:
    return PastLineRecord(
        order_id=made.orders[draft.number].pk, kind=draft.kind, name=draft.name, code=draft.code,
        part_id=made.parts.get(draft.code), quantity=draft.quantity, unit_price=draft.price,
        amount=draft.amount, position=draft.row, people=draft.people,
    )
