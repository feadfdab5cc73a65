"""An import run in words and figures for its page, its workbook and the command line."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chejian.core.formats import money, quantity
from chejian.movein import choices, columns, findings, reconcile
from chejian.movein.columns import FileKind
from chejian.movein.findings import ACCEPTABLE, SEVERITY_LABELS
from chejian.movein.models import ImportProblem, ImportRun
from chejian.movein.queries import ProblemGroup, problems
from chejian.movein.services.files import document_of
from chejian.movein.template import ProblemRow, problem_rows
from chejian.movein.values import Severity

SHOWN_ROWS = 40
TONES = {"error": "red", "warning": "amber", "mended": "green"}
STATUS_TONES = {
    "recognised": "grey", "checking": "blue", "checked": "amber", "importing": "blue",
    "imported": "green", "failed": "red",
    "undoing": "blue", "undone": "grey",
}
BATCH_TONES = {
    "open": "grey", "trying": "blue", "tried": "amber", "importing": "blue", "imported": "green",
    "failed": "red", "undoing": "blue", "undone": "grey",
}
ARCHIVE_TONES = {
    "waiting": "blue", "writing": "blue", "done": "green", "failed": "red", "deleted": "grey",
}
STAGES: dict[str, Promise] = {
    "": gettext_lazy("Waiting for its turn"),
    "reading": gettext_lazy("Reading the rows"),
    "comparing": gettext_lazy("Comparing with what is there"),
    "customers": gettext_lazy("Writing customers"),
    "cars": gettext_lazy("Writing cars"),
    "parts": gettext_lazy("Writing parts"),
    "stock": gettext_lazy("Opening the stock"),
    "balances": gettext_lazy("Opening the balances"),
    "past_orders": gettext_lazy("Writing order history"),
    "readings": gettext_lazy("Writing odometer readings"),
    "past_lines": gettext_lazy("Writing the lines of order history"),
    "done": gettext_lazy("Finishing"),
}
COUNTS: dict[str, tuple[tuple[str, Promise], ...]] = {
    FileKind.CARS: (
        ("customers", gettext_lazy("Customers")),
        ("cars", gettext_lazy("Cars")),
        ("balances", gettext_lazy("Opening balances")),
    ),
    FileKind.PARTS: (
        ("parts", gettext_lazy("Parts")),
        ("stock", gettext_lazy("Stock places")),
    ),
    FileKind.HISTORY_HEADS: (("past_orders", gettext_lazy("Past orders")),),
    FileKind.HISTORY_LINES: (("past_lines", gettext_lazy("Lines of past orders")),),
}


@dataclass(frozen=True)
class CountLine:
    """How many of one thing are new, are filled in, and stay as they are."""

    label: str
    new: int
    filled: int
    same: int


def count_lines(run: ImportRun) -> list[CountLine]:
    counts = run.counts
    return [
        CountLine(
            str(label), *(counts.get(f"{key}_{what}", 0) for what in ("new", "filled", "same"))
        )
        for key, label in COUNTS.get(run.kind, ())
    ]


@dataclass(frozen=True)
class BatchFile:
    """A file among those taken together, with what the last trial found in it."""

    run: ImportRun
    kind: str
    tone: str
    made: str
    left_out: int
    differing: int
    unexplained: int


def batch_file(run: ImportRun) -> BatchFile:
    lines = figure_lines(run)
    made = [f"{line.label} {line.new:,}" for line in count_lines(run)] if run.counts else []
    return BatchFile(
        run, run.get_kind_display(), STATUS_TONES[run.status], "，".join(made),
        run.counts.get("left_out", 0), sum(line.tone in {"amber", "red"} for line in lines),
        sum(line.tone == "red" for line in lines),
    )


def key_of(text: str | None) -> UUID | None:
    """The key of a posting form, if it is one."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


@dataclass(frozen=True)
class ReasonLine:
    text: str
    amount: str
    rows: str


@dataclass(frozen=True)
class FigureLine:
    """A figure of the old system beside ours. ``tone`` is green where they agree."""

    label: str
    control: str
    file: str
    ours: str
    difference: str
    tone: str
    reasons: list[ReasonLine]


def figure_lines(run: ImportRun) -> list[FigureLine]:
    return [figure_line(line) for line in run.reconciliation]


def figure_line(line: dict[str, Any]) -> FigureLine:
    metric = line["metric"]
    difference = line["difference"]
    reasons = [_reason_line(metric, reason) for reason in line["reasons"]]
    return FigureLine(
        str(reconcile.METRICS.get(metric, metric)),
        figure_text(metric, line["control"]),
        figure_text(metric, line["file"]),
        figure_text(metric, line["ours"]),
        _signed(metric, difference),
        _tone(difference, [reason["code"] for reason in line["reasons"]]),
        reasons,
    )


def _tone(difference: str | None, codes: Sequence[str]) -> str:
    if difference is None:
        return "grey"
    if {"unexplained", "not_held"} & set(codes):
        return "red"
    return "amber" if Decimal(difference) else "green"


def figure_text(metric: str, figure: str | None) -> str:
    if figure is None:
        return "—"
    number = Decimal(figure)
    return money(number) if metric in reconcile.MONEY else quantity(number)


def _signed(metric: str, figure: str | None) -> str:
    if figure is None:
        return "—"
    text = figure_text(metric, figure)
    return f"+{text}" if Decimal(figure) > 0 else text


def _reason_line(metric: str, reason: dict[str, Any]) -> ReasonLine:
    words = str(reconcile.REASONS.get(reason["code"], reason["code"]))
    return ReasonLine(
        words, _signed(metric, reason["amount"]), _row_list(reason["rows"], reason["count"])
    )


def _row_list(rows: Sequence[int], count: int) -> str:
    """Rows 12, 45, 60 … (601 in all)."""
    if not rows:
        return ngettext("%(num)s row", "%(num)s rows", count) % {"num": count} if count else ""
    listed = ", ".join(map(str, rows[:SHOWN_ROWS]))
    if count <= SHOWN_ROWS:
        return _("rows %(rows)s") % {"rows": listed}
    return _("rows %(rows)s … (%(count)s in all)") % {"rows": listed, "count": count}


def choice_lines(kept: dict[str, Any]) -> list[str]:
    """What was decided about doubtful stock; nothing where nobody decided."""
    if not kept:
        return []
    chosen = choices.from_json(kept, {})
    lines = [
        _("Stock below zero: %(choice)s") % {"choice": choices.Negative(chosen.negative).label},
        _("Stock without a cost: %(choice)s") % {"choice": choices.NoCost(chosen.no_cost).label},
    ]
    if chosen.no_cost == choices.NoCost.PRICE:
        lines.append(_("Share of the retail price: %(rate)s") % {"rate": f"{chosen.rate:.0%}"})
    return lines


@dataclass(frozen=True)
class CountedRow:
    """A row with stock below zero: what the file says and what somebody counted."""

    name: str
    row: int
    sheet: str
    text: str
    said: str
    counted: str


@dataclass(frozen=True)
class StockQuestion:
    """What is asked about doubtful stock: the rows below zero, how many lack a cost."""

    rows: list[CountedRow]
    more: int
    without_cost: int
    negative: str
    no_cost: str
    rate: str
    negatives: list[tuple[str, str, str]]
    costs: list[tuple[str, str, str]]


ASKED = {"stock.negative", "stock.counted"}
COSTLESS = {"stock.no_cost", "stock.cost_given"}
SHOWN_COUNTS = 100


def stock_question(run: ImportRun) -> StockQuestion | None:
    """None where the file has no doubtful stock, or was not checked yet."""
    if run.kind != FileKind.PARTS:
        return None
    found = [problem for problem in problems(run) if problem.code in ASKED | COSTLESS]
    below = [problem for problem in found if problem.code in ASKED]
    costless = sum(problem.code in COSTLESS for problem in found)
    if not found:
        return None
    chosen = choices.from_json(run.choices, {})
    texts = _row_texts(run, {problem.row for problem in below[:SHOWN_COUNTS]})
    return StockQuestion(
        [_counted_row(problem, chosen, texts) for problem in below[:SHOWN_COUNTS]],
        max(0, len(below) - SHOWN_COUNTS), costless, chosen.negative, chosen.no_cost,
        f"{chosen.rate * 100:.2f}".rstrip("0").rstrip("."),
        [(value, str(label), "") for value, label in choices.Negative.choices],
        [(value, str(label), "") for value, label in choices.NoCost.choices],
    )


def _counted_row(
    problem: ImportProblem, chosen: choices.StockChoices, texts: dict[tuple[str, int], str]
) -> CountedRow:
    place = (problem.sheet, problem.row)
    counted = chosen.counted.get(place)
    return CountedRow(
        f"q-{problem.row}-{problem.sheet}", problem.row, problem.sheet, texts.get(place, ""),
        problem.raw, "" if counted is None else quantity(counted),
    )


def _row_texts(run: ImportRun, rows: set[int]) -> dict[tuple[str, int], str]:
    """Number and name of the parts in these rows, as they stand in the file."""
    tables = {table.name: table for table in document_of(run).tables} if rows else {}
    found: dict[tuple[str, int], str] = {}
    for sheet in run.sheets:
        place = {field: int(column) for column, field in sheet["columns"].items()}
        wanted = [place[key] for key in ("number", "name") if key in place]
        for row in tables[sheet["name"]].rows if sheet["name"] in tables else ():
            if row.number in rows:
                cells = (row.cells[at] for at in wanted if at < len(row.cells))
                found[sheet["name"], row.number] = " ".join(cells)
    return found


def control_lines(run: ImportRun) -> list[tuple[str, str]]:
    """The figures of a file of control totals."""
    return [
        (str(reconcile.METRICS.get(metric, metric)), figure_text(metric, figure))
        for metric, figure in run.controls.items()
    ]


@dataclass(frozen=True)
class GroupLine:
    """A kind of finding: how often, and whether its offered mend can be taken for all."""

    code: str
    text: str
    severity: str
    tone: str
    count: int
    acceptable: bool
    accepted: bool


def group_lines(run: ImportRun, groups: Iterable[ProblemGroup]) -> list[GroupLine]:
    return [
        GroupLine(
            group.code,
            findings.template(group.code, group.severity).replace("{other}", "…"),
            str(SEVERITY_LABELS[Severity(group.severity)]),
            TONES[group.severity],
            group.count,
            group.code in ACCEPTABLE and group.severity == Severity.WARNING,
            group.code in run.accepted,
        )
        for group in groups
    ]


@dataclass(frozen=True)
class ProblemLine:
    sheet: str
    row: int
    field: str
    text: str
    raw: str
    mend: str
    severity: str
    tone: str


def problem_lines(run: ImportRun, rows: Iterable[ImportProblem]) -> list[ProblemLine]:
    return [
        ProblemLine(
            problem.sheet, problem.row, str(columns.field_label(run.kind, problem.field)),
            findings.sentence(problem.code, problem.data, problem.severity),
            problem.raw, problem.mend,
            str(SEVERITY_LABELS[Severity(problem.severity)]), TONES[problem.severity],
        )
        for problem in rows
    ]


@dataclass(frozen=True)
class ColumnLine:
    """A column of the file, the field it was put to, and what stands in its first rows."""

    index: int
    title: str
    field: str
    sure: bool
    samples: str


def column_lines(sheet: dict[str, Any]) -> list[ColumnLine]:
    return [
        ColumnLine(
            index, title, sheet["columns"].get(str(index), ""),
            sheet["sure"].get(str(index), True), _samples(sheet["samples"], index),
        )
        for index, title in enumerate(sheet["headers"])
        if title.strip() or _samples(sheet["samples"], index)
    ]


def _samples(rows: Sequence[Sequence[str]], index: int) -> str:
    found = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
    return " · ".join(text[:24] for text in found)


def field_choices(kind: str) -> list[tuple[str, str]]:
    """What a column can be put to; what is needed has a star."""
    choices = [("", _("— not taken —"))]
    for field in columns.FIELDS.get(kind, ()):
        label = str(field.label)
        if field.required:
            label = f"{label} *"
        choices.append((field.key, label))
    return choices


def problem_workbook(run: ImportRun) -> bytes:
    """The rows left out or to be looked at, as they stood, with what is wrong and the mend."""
    asked = problems(run).exclude(severity=Severity.MENDED)
    by_row: dict[tuple[str, int], list[ImportProblem]] = defaultdict(list)
    for problem in asked:
        by_row[problem.sheet, problem.row].append(problem)
    tables = {table.name: table for table in document_of(run).tables}
    sheets = []
    for sheet in run.sheets:
        place = {field: int(column) for column, field in sheet["columns"].items()}
        rows = [
            _problem_row(row.number, row.cells, by_row[sheet["name"], row.number], place)
            for row in tables[sheet["name"]].rows
            if (sheet["name"], row.number) in by_row
        ]
        sheets.append((sheet["name"], sheet["headers"], rows))
    return problem_rows(sheets)


def _problem_row(
    number: int, cells: Sequence[str], found: Sequence[ImportProblem], place: dict[str, int]
) -> ProblemRow:
    offered = [problem.mend for problem in found if problem.mend]
    return ProblemRow(
        number,
        " ".join(findings.sentence(problem.code, problem.data) for problem in found),
        "、".join(dict.fromkeys(offered)),
        cells,
        frozenset(place[problem.field] for problem in found if problem.field in place),
    )
