"""A file arrives: it is kept, read, and recognised."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.core import file_store
from chejian.core.errors import NotPermitted
from chejian.core.models import StoredFile
from chejian.movein import columns, reading, recognise
from chejian.movein.columns import FileKind
from chejian.movein.models import ColumnMemory, ImportProgress, ImportRun
from chejian.movein.recognise import Recognised, Sheet

CONTENT_TYPES = {b"PK": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@transaction.atomic
def start_import(
    *, station: Station, data: bytes, name: str, by: User, at: datetime
) -> ImportRun:
    """Keep the file, read it, find its kind, header and columns. Nothing is imported yet.

    A file of control totals is done with that: its figures stand beside later runs. Columns matched
    by hand for the same header are matched again. Raises UnreadableFile, NotPermitted.
    """
    if not by.can_at(P.IMPORT_DATA, station.pk):
        raise NotPermitted(_("You do not have the permission for this."))
    document = reading.read(data)
    found = recognise.recognise(document)
    run = ImportRun.objects.create(
        station=station, file=_keep(data, name, station, by), file_name=name[:200],
        kind=found.kind, encoding=document.encoding, created_by=by, created_at=at,
        sheets=[describe(sheet) for sheet in _remembered(found).sheets],
        ignored_sheets=list(found.ignored),
        row_count=sum(len(sheet.rows) for sheet in found.sheets),
    )
    if found.kind == FileKind.CONTROLS:
        _keep_controls(run, found.sheets[0], by, at)
    ImportProgress.objects.create(run=run, total=run.row_count)
    return run


def _keep(data: bytes, name: str, station: Station, by: User) -> StoredFile:
    blob = file_store.store(data)
    return StoredFile.objects.create(
        sha256=blob.sha256, size=blob.size, kind=StoredFile.Kind.IMPORT,
        content_type=CONTENT_TYPES.get(data[:2], "text/csv"), original_name=name[:200],
        station_id=station.pk, uploaded_by_id=by.pk,
    )


def _keep_controls(run: ImportRun, sheet: Sheet, by: User, at: datetime) -> None:
    figures = recognise.read_controls(sheet)
    run.controls = {metric: str(figure) for metric, figure in figures.items()}
    run.status = ImportRun.Status.IMPORTED
    run.imported_by, run.imported_at = by, at
    run.save(update_fields=["controls", "status", "imported_by", "imported_at"])


def _remembered(found: Recognised) -> Recognised:
    return Recognised(tuple(map(recall, found.sheets)), found.ignored)


def recall(sheet: Sheet) -> Sheet:
    """The sheet with the columns that somebody matched for this header before."""
    memory = ColumnMemory.objects.filter(signature=sheet.signature, kind=sheet.kind).first()
    if memory is None:
        return sheet
    matches = columns.apply_memory(sheet.header.cells, sheet.kind, memory.columns)
    return Sheet(
        sheet.name, sheet.kind, sheet.header, tuple(matches), sheet.rows, sheet.titles,
        sheet.blank_rows, sheet.total_rows, sheet.totals,
    )


def describe(sheet: Sheet) -> dict[str, Any]:
    """What the run remembers of a sheet: enough to show it and to divide it again."""
    return {
        "name": sheet.name,
        "kind": sheet.kind,
        "header_row": sheet.header.number,
        "headers": list(sheet.header.cells),
        "columns": {str(match.column): match.field for match in sheet.matches},
        "sure": {str(match.column): match.sure for match in sheet.matches},
        "rows": len(sheet.rows),
        "blank_rows": sheet.blank_rows,
        "total_rows": [row.number for row in sheet.total_rows],
        "totals": {key: str(figure) for key, figure in sheet.totals.items()},
        "titles": list(sheet.titles)[:5],
        "samples": [list(row.cells) for row in sheet.rows[:3]],
    }
