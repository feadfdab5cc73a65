"""Columns put to fields by hand, and mends accepted for the whole file."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.movein import columns, recognise
from chejian.movein.columns import FileKind, Match
from chejian.movein.errors import WrongState
from chejian.movein.findings import ACCEPTABLE
from chejian.movein.models import ColumnMemory, ImportRun
from chejian.movein.reading import Document
from chejian.movein.recognise import Sheet
from chejian.movein.services.files import document_of
from chejian.movein.services.readiness import lock_run, require_columns, require_open
from chejian.movein.services.running import request_check
from chejian.movein.services.starting import describe


@transaction.atomic
def match_columns(
    *,
    run: ImportRun,
    kind: str,
    chosen: Mapping[int, Mapping[str, str]],
    by: User,
    at: datetime,
    header_row: int | None = None,
) -> ImportRun:
    """Take the columns as a person put them: by sheet, column number to field (empty: none).

    They are remembered for the next file with this header. ``header_row`` is given for a file that
    was not recognised; then, and when another kind is chosen, the columns are matched by their
    names first. Raises WrongState, ColumnsMissing.
    """
    fresh = lock_run(run)
    require_open(fresh)
    if kind not in columns.FIELDS or kind == FileKind.CONTROLS:
        raise WrongState(_("Please choose what the file is about."), field="kind")
    document = document_of(fresh)
    by_hand = bool(fresh.sheets) and kind == fresh.kind
    sheets = [
        _chosen_sheet(document, described, kind, chosen.get(place) if by_hand else None, header_row)
        for place, described in enumerate(fresh.sheets or [{"name": document.tables[0].name}])
    ]
    if by_hand:
        for sheet in sheets:
            require_columns(sheet.kind, sheet.matches)
            _remember(sheet, by, at)
    fresh.kind, fresh.status = kind, ImportRun.Status.RECOGNISED
    fresh.sheets = [describe(sheet) for sheet in sheets]
    fresh.row_count = sum(len(sheet.rows) for sheet in sheets)
    fresh.save()
    return fresh


def _chosen_sheet(
    document: Document,
    described: Mapping[str, object],
    kind: str,
    chosen: Mapping[str, str] | None,
    header_row: int | None,
) -> Sheet:
    table = next(table for table in document.tables if table.name == described["name"])
    number = described.get("header_row") or header_row or 1
    header = next((row for row in table.rows if row.number == number), table.rows[0])
    if chosen is None:
        matches = columns.match(header.cells, kind)
    else:
        matches = columns.apply_memory(header.cells, kind, chosen)
    return recognise.divide(table, kind, header, tuple(_once(matches)))


def _once(matches: Collection[Match]) -> list[Match]:
    """A field taken by two columns stays with the first."""
    seen: dict[str, Match] = {}
    for match in matches:
        seen.setdefault(match.field, match)
    return list(seen.values())


def _remember(sheet: Sheet, by: User, at: datetime) -> None:
    kept = {str(match.column): match.field for match in sheet.matches}
    automatic = {str(m.column): m.field for m in columns.match(sheet.header.cells, sheet.kind)}
    rows = ColumnMemory.objects.filter(signature=sheet.signature, kind=sheet.kind)
    if kept == automatic:
        rows.delete()
        return
    ColumnMemory.objects.update_or_create(
        signature=sheet.signature, kind=sheet.kind,
        defaults={"columns": kept, "by": by, "at": at},
    )


@transaction.atomic
def accept_mends(*, run: ImportRun, codes: Collection[str], by: User, at: datetime) -> ImportRun:
    """Take the offered mends of these kinds for the whole file, and have it checked again."""
    fresh = lock_run(run)
    require_open(fresh)
    fresh.accepted = sorted(set(codes) & set(ACCEPTABLE))
    fresh.save(update_fields=["accepted"])
    return request_check(run=fresh, by=by, at=at)
