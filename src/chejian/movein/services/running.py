"""Checking a file without writing anything, and importing it in one transaction."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.movein import reconcile
from chejian.movein.columns import FileKind
from chejian.movein.errors import WrongState
from chejian.movein.models import ImportProblem, ImportProgress, ImportRun
from chejian.movein.progress import Progress
from chejian.movein.queries import controls_of
from chejian.movein.rows import ParsedRow
from chejian.movein.services import cars, parts
from chejian.movein.services.files import sheets_of
from chejian.movein.services.readiness import lock_run, require_open, require_ready
from chejian.movein.template import ROW_COLUMN
from chejian.movein.values import Reading

type Report = Callable[[str, int], None]
SHORT = 120
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('chejian.movein'))"
CHECK_TASK, IMPORT_TASK = "movein.check", "movein.import"


@dataclass
class Outcome:
    """What a file comes to: figures, lines beside the old system's, and how to carry it out."""

    rows: Sequence[ParsedRow]
    counts: dict[str, int]
    lines: list[reconcile.Line]
    carry_out: Callable[[User, datetime, Report], None]


@transaction.atomic
def request_check(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Queue the check; the worker does it. Raises WrongState, NotYet, ColumnsMissing."""
    return _queue(run, ImportRun.Status.CHECKING, CHECK_TASK, by)


@transaction.atomic
def request_import(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Queue the import of a checked file; the worker does it. Raises WrongState."""
    return _queue(run, ImportRun.Status.IMPORTING, IMPORT_TASK, by)


def _queue(run: ImportRun, status: str, task: str, by: User) -> ImportRun:
    fresh = lock_run(run)
    require_open(fresh)
    require_ready(fresh)
    if status == ImportRun.Status.IMPORTING and fresh.status != ImportRun.Status.CHECKED:
        raise WrongState(_("Please check the file first."))
    fresh.status, fresh.error = status, ""
    fresh.save(update_fields=["status", "error"])
    ImportProgress.objects.filter(run=fresh).update(done=0, total=fresh.row_count, stage="")
    queue.configure_task(task).defer(run_id=fresh.pk, by_id=by.pk)
    return fresh


@transaction.atomic
def check(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Find out what an import would make, and every problem by row. Writes only the findings.

    Raises NotYet, ColumnsMissing, WrongState.
    """
    fresh = lock_run(run)
    require_ready(fresh)
    if fresh.status == ImportRun.Status.IMPORTED:
        raise WrongState(_("The file was imported already."))
    began = time.monotonic()
    with Progress(fresh.pk, fresh.row_count) as progress:
        outcome = _work_out(fresh, at, progress)
    _keep_outcome(fresh, outcome, began)
    fresh.status, fresh.checked_at = ImportRun.Status.CHECKED, at
    fresh.save()
    return fresh


@transaction.atomic
def commit_import(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Import the file: everything that is not left out, or nothing at all.

    What is there already is filled in, never overwritten, so that a second run changes nothing.
    Only one import runs at a time. Raises NotYet, ColumnsMissing, WrongState.
    """
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    fresh = lock_run(run)
    require_ready(fresh)
    if fresh.status not in {ImportRun.Status.CHECKED, ImportRun.Status.IMPORTING}:
        raise WrongState(_("Please check the file first."))
    began = time.monotonic()
    with Progress(fresh.pk, fresh.row_count) as progress:
        outcome = _work_out(fresh, at, progress)
        outcome.carry_out(by, at, progress)
    _keep_outcome(fresh, outcome, began)
    fresh.status = ImportRun.Status.IMPORTED
    fresh.imported_by, fresh.imported_at = by, at
    fresh.save()
    emit(
        "import.done", fresh, station_id=fresh.station_id, by=by, at=at,
        file=fresh.file_name, **fresh.counts,
    )
    return fresh


@transaction.atomic
def fail(*, run: ImportRun, reason: str) -> ImportRun:
    """The work broke off; nothing was imported. The file can be checked again."""
    fresh = lock_run(run)
    fresh.status, fresh.error = ImportRun.Status.FAILED, reason[:300]
    fresh.save(update_fields=["status", "error"])
    return fresh


def _work_out(run: ImportRun, at: datetime, report: Report) -> Outcome:
    sheets = sheets_of(run)
    reading = Reading(timezone.localdate(at), frozenset(run.accepted))
    controls = _controls(run)
    if run.kind == FileKind.CARS:
        car_plan = cars.plan(sheets, reading, report)
        return Outcome(
            car_plan.rows, cars.counts(car_plan), cars.reconciliation(car_plan, controls),
            lambda by, at, report: cars.carry_out(car_plan, by=by, at=at, report=report),
        )
    part_plan = parts.plan(sheets, reading, report, station_id=run.station_id)
    return Outcome(
        part_plan.rows, parts.counts(part_plan), parts.reconciliation(part_plan, controls),
        lambda by, at, report: parts.carry_out(
            part_plan, note=run.file_name[:60], by=by, at=at, report=report
        ),
    )


def _controls(run: ImportRun) -> dict[str, Decimal]:
    """The old system's totals: its own file's, else those at the foot of this one.

    Mended rows that are loaded again are only a part of the file: nothing to compare with.
    """
    if any(ROW_COLUMN in sheet["headers"] for sheet in run.sheets):
        return {}
    own: dict[str, Decimal] = {}
    for sheet in run.sheets:
        for key, figure in sheet["totals"].items():
            own["stock_value" if key == "value" else key] = Decimal(figure)
    return {**own, **controls_of(run.station_id)}


def _keep_outcome(run: ImportRun, outcome: Outcome, began: float) -> None:
    run.counts = outcome.counts
    run.reconciliation = [line.as_json() for line in outcome.lines]
    run.seconds = Decimal(f"{time.monotonic() - began:.2f}")
    run.problems.all().delete()
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                run=run, sheet=row.sheet[:60], row=row.number, field=found.field, code=found.code,
                severity=found.severity, raw=found.raw[:SHORT], mend=found.mend[:SHORT],
                data=dict(found.data),
            )
            for row in outcome.rows
            for found in row.findings
        ],
        batch_size=1000,
    )
