"""The reconciliation sheet in words and figures: for its page, its paper and its workbook."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.core.exports.escaping import fitting
from chejian.movein import figures, presenting, reconcile
from chejian.movein.columns import FileKind
from chejian.movein.models import ImportBatch, ImportRun, ReconciliationSheet
from chejian.movein.presenting import FigureLine
from chejian.movein.services.files import document_of
from chejian.movein.services.sheet import content_of

TEMPLATE = "movein/papers/reconciliation.typ"
CELLS = 6
FIGURE = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class FileSection:
    """One file with its lines, its choices and how many rows are left out."""

    name: str
    kind: str
    rows: int
    left_out: int
    lines: list[FigureLine]
    choices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """The sheet as it is shown. ``ties`` is whether nothing is left unexplained."""

    station: str
    status: str
    files: list[FileSection]
    uncovered: list[tuple[str, str]]
    totals: list[tuple[str, str]]
    broken: list[str]
    proved: int

    @property
    def lines(self) -> list[FigureLine]:
        return [line for file in self.files for line in file.lines]

    @property
    def ties(self) -> bool:
        return not self.broken and all(line.tone != "red" for line in self.lines)

    @property
    def differing(self) -> int:
        return sum(line.tone in {"amber", "red"} for line in self.lines)


def sheet_of(content: Mapping[str, Any]) -> Sheet:
    proofs = content["proofs"]
    return Sheet(
        content["station"],
        str(ImportBatch.Status(content["status"]).label),
        [_section(file) for file in content["files"]],
        [
            (str(reconcile.METRICS.get(metric, metric)), presenting.figure_text(metric, figure))
            for metric, figure in content["uncovered"]
        ],
        [(str(found.label), found.text) for found in figures.from_json(content["totals"])],
        [f"{proof['title']}: {text}" for proof in proofs for text in proof["differences"]],
        len(proofs),
    )


def _section(file: Mapping[str, Any]) -> FileSection:
    return FileSection(
        file["name"], str(FileKind(file["kind"]).label), file["rows"],
        file["counts"].get("left_out", 0),
        [presenting.figure_line(line) for line in file["lines"]],
        presenting.choice_lines(file["choices"]),
    )


def current(batch: ImportBatch) -> tuple[Sheet, ReconciliationSheet | None]:
    """The newest signed sheet if there is one for this state, else what stands now."""
    signed = batch.sheets.order_by("-pk").first()
    if signed is not None and signed.content["status"] == batch.status:
        return sheet_of(signed.content), signed
    return sheet_of(content_of(batch)), None


# --- the paper ----------------------------------------------------------------------------------
def paper(sheet: Sheet, signed: ReconciliationSheet | None, at: datetime) -> dict[str, Any]:
    """Plain text for the template."""
    return {
        "number": f"{signed.pk:06d}" if signed else "",
        "status": sheet.status,
        "made_at": _moment(at),
        "verdict": sheet.ties,
        "differing": sheet.differing,
        "files": [
            {
                "name": file.name, "kind": file.kind, "rows": f"{file.rows:,}",
                "left_out": f"{file.left_out:,}", "choices": file.choices,
                "lines": [_paper_line(line) for line in file.lines],
            }
            for file in sheet.files
        ],
        "uncovered": [list(pair) for pair in sheet.uncovered],
        "totals": [list(pair) for pair in sheet.totals],
        "broken": sheet.broken,
        "proved": sheet.proved,
        "signature": {
            "name": signed.signed_name if signed else "",
            "at": _moment(signed.signed_at) if signed else None,
            "remark": signed.remark if signed else "",
            "digest": signed.digest if signed else "",
        },
    }


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _paper_line(line: FigureLine) -> dict[str, Any]:
    return {
        "label": line.label, "control": line.control, "file": line.file, "ours": line.ours,
        "difference": line.difference, "tone": line.tone,
        "reasons": [f"{reason.amount} {reason.text} {reason.rows}".strip()
                    for reason in line.reasons],
    }


# --- the workbook -------------------------------------------------------------------------------
def workbook(
    content: Mapping[str, Any], signed: ReconciliationSheet | None, runs: Sequence[ImportRun]
) -> bytes:
    """Three sheets: the totals side by side, every row of every difference, and our figures."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    shown = sheet_of(content)
    _write(book, _("Reconciliation"), head, _line_heads(), _line_rows(shown, signed))
    _write(book, _("Differences by row"), head, _row_heads(), _difference_rows(content, runs))
    _write(book, _("Our figures"), head, (_("Figure"), _("With us")),
           ((label, _number(figure)) for label, figure in shown.totals))
    book.close()
    return buffer.getvalue()


def _number(figure: str) -> Decimal | str:
    """A figure as the sheet shows it, as a number that can be reckoned with."""
    plain = figure.replace(",", "").replace("−", "-")
    return Decimal(plain) if FIGURE.fullmatch(plain) else figure


def _line_heads() -> tuple[str, ...]:
    return (
        _("File"), _("Figure"), _("Old system"), _("In the file"), _("With us"), _("Difference"),
        _("Why"),
    )


def _row_heads() -> tuple[str, ...]:
    return (
        _("File"), _("Figure"), _("Why"), _("Sheet"), _("Row"), _("The row itself"),
        *[""] * (CELLS - 1),
    )


def _write(
    book: Any, title: str, head: Any, heads: Sequence[str], rows: "Iterator[Sequence[Any]] | Any"
) -> None:
    sheet = book.add_worksheet(title[:31])
    for column, word in enumerate(heads):
        sheet.write_string(0, column, word, head)
    sheet.set_column(0, len(heads), 18)
    sheet.freeze_panes(1, 0)
    looks = {False: book.add_format({"num_format": "#,##0"}),
             True: book.add_format({"num_format": "#,##0.00"})}
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                exponent = value.as_tuple().exponent
                sheet.write_number(number, column, value, looks[exponent != 0])
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, fitting(str(value)))


def _line_rows(sheet: Sheet, signed: ReconciliationSheet | None) -> Iterator[Sequence[Any]]:
    for file in sheet.files:
        for line in file.lines:
            why = "\n".join(f"{r.amount} {r.text} {r.rows}".strip() for r in line.reasons)
            figures = map(_number, (line.control, line.file, line.ours, line.difference))
            yield (file.name, line.label, *figures, why)
    for label, figure in sheet.uncovered:
        yield ("", label, _number(figure), "—", "—", "—", _("no file says anything about it"))
    yield ()
    yield (_("Status"), sheet.status)
    if signed is not None:
        yield (_("Signed by"), signed.signed_name)
        yield (_("Signed at"), _moment(signed.signed_at))
        yield (_("Remark"), signed.remark)
        yield (_("Check digits"), signed.digest)
    else:
        yield (_("Signed by"), _("not signed yet"))


def _difference_rows(
    content: Mapping[str, Any], runs: Sequence[ImportRun]
) -> Iterator[Sequence[Any]]:
    """Every row that makes a difference, as it stands in its file."""
    by_id = {run.pk: run for run in runs}
    for file in content["files"]:
        cells = _cells_of(by_id[file["run"]]) if file["run"] in by_id else {}
        for line in file["lines"]:
            label = str(reconcile.METRICS.get(line["metric"], line["metric"]))
            for reason in line["reasons"]:
                why = str(reconcile.REASONS.get(reason["code"], reason["code"]))
                for row in reason["rows"]:
                    sheet, texts = cells.get(row, ("", ()))
                    yield (file["name"], label, why, sheet, row, *texts[:CELLS])


def _cells_of(run: ImportRun) -> dict[int, tuple[str, Sequence[str]]]:
    """By row number what stands there; of several sheets the first that has the row."""
    used = {sheet["name"] for sheet in run.sheets}
    found: dict[int, tuple[str, Sequence[str]]] = {}
    for table in document_of(run).tables:
        if table.name in used:
            for row in table.rows:
                found.setdefault(row.number, (table.name, row.cells))
    return found
