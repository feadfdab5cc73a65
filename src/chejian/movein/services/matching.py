"""Columns put to fields by hand, and mends accepted for the whole file."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.movein import columns, recognise
from chejian.movein.columns import FileKind, Match
from chejian.movein.errors import ColumnsMissing, WrongState
from chejian.movein.findings import ACCEPTABLE
from chejian.movein.models import ColumnMemory, ImportRun
from chejian.movein.reading import Document
from chejian.movein.recognise import Sheet
from chejian.movein.services.files import document_of
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
    was not recognised. Raises WrongState, ColumnsMissing.
    """
    fresh = lock_run(run)
    require_open(fresh)
    if kind not in columns.FIELDS or kind == FileKind.CONTROLS:
        raise WrongState(_("Please choose what the file is about."), field="kind")
    document = document_of(fresh)
    sheets = [
        _chosen_sheet(document, described, kind, chosen.get(place, {}), header_row)
        for place, described in enumerate(fresh.sheets or [{"name": document.tables[0].name}])
    ]
    for sheet in sheets:
        _require_columns(sheet)
        _remember(sheet, by, at)
    fresh.kind, fresh.status = kind, ImportRun.Status.RECOGNISED
    fresh.sheets = [describe(sheet) for sheet in sheets]
    fresh.row_count = sum(len(sheet.rows) for sheet in sheets)
    fresh.save()
    return fresh


def lock_run(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)


def require_open(run: ImportRun) -> None:
    """Neither busy nor imported. Raises WrongState."""
    if run.busy:
        raise WrongState(_("The file is being worked on. Please wait."))
    if run.status == ImportRun.Status.IMPORTED:
        raise WrongState(_("The file was imported already. Load it again to import it again."))


def _chosen_sheet(
    document: Document,
    described: Mapping[str, object],
    kind: str,
    chosen: Mapping[str, str],
    header_row: int | None,
) -> Sheet:
    table = next(table for table in document.tables if table.name == described["name"])
    number = header_row or described.get("header_row") or 1
    header = next((row for row in table.rows if row.number == number), table.rows[0])
    known = {field.key for field in columns.FIELDS[kind]}
    matches = [
        Match(int(column), field, 100)
        for column, field in sorted(chosen.items(), key=lambda item: int(item[0]))
        if field in known and int(column) < len(header.cells)
    ]
    if header_row and not chosen:
        matches = columns.match(header.cells, kind)
    return recognise.divide(table, kind, header, tuple(_once(matches)))


def _once(matches: Collection[Match]) -> list[Match]:
    """A field taken by two columns stays with the first."""
    seen: dict[str, Match] = {}
    for match in matches:
        seen.setdefault(match.field, match)
    return list(seen.values())


def _require_columns(sheet: Sheet) -> None:
    lacking = columns.missing_required(sheet.matches, sheet.kind)
    if lacking:
        names = "、".join(str(field.label) for field in lacking)
        raise ColumnsMissing(
            _("These columns are still to be matched: %(names)s") % {"names": names},
            fields=[field.key for field in lacking],
        )


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
    """Take the offered mends of these kinds for the whole file; others are asked for again."""
    fresh = lock_run(run)
    require_open(fresh)
    fresh.accepted = sorted(set(codes) & set(ACCEPTABLE))
    fresh.save(update_fields=["accepted"])
    return fresh
