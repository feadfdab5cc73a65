"""Checking a file without writing anything, and importing it in one transaction."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.movein.errors import WrongState
from chejian.movein.models import ImportProblem, ImportProgress, ImportRun
from chejian.movein.progress import Progress
from chejian.movein.queries import controls_of
from chejian.movein.services.files import sheets_of
from chejian.movein.services.outcome import PLANNERS, Asked, Outcome, Report
from chejian.movein.services.readiness import lock_run, require_open, require_ready
from chejian.movein.services.recording import Recorder
from chejian.movein.template import ROW_COLUMN
from chejian.movein.values import Reading

SHORT = 120
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('chejian.movein'))"
CHECK_TASK, IMPORT_TASK = "movein.check", "movein.import"


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
    if fresh.status in {ImportRun.Status.IMPORTED, ImportRun.Status.UNDONE}:
        raise WrongState(_("The file was imported already."))
    began = time.monotonic()
    with Progress(fresh.pk, fresh.row_count) as progress:
        outcome = work_out(fresh, at, progress, typed_controls(fresh))
    findings_of(fresh, outcome, began).keep(fresh)
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
        outcome = bring_in(fresh, by, at, progress, typed_controls(fresh))
    findings_of(fresh, outcome, began).keep(fresh)
    finish(fresh, by, at)
    return fresh


def bring_in(
    run: ImportRun, by: User, at: datetime, report: Report, typed: Mapping[str, Decimal]
) -> Outcome:
    """Work the file out, carry it out in the present transaction, and prove what it promised."""
    outcome = work_out(run, at, report, typed)
    recorder = Recorder(run)
    outcome.carry_out(by, at, report, recorder)
    recorder.write()
    outcome.prove()
    return outcome


def finish(run: ImportRun, by: User, at: datetime) -> None:
    """The file is in."""
    run.status = ImportRun.Status.IMPORTED
    run.imported_by, run.imported_at = by, at
    run.save()
    emit(
        "import.done", run, station_id=run.station_id, by=by, at=at,
        file=run.file_name, **run.counts,
    )


@transaction.atomic
def fail(*, run: ImportRun, reason: str) -> ImportRun:
    """The work broke off; nothing was imported. The file can be checked again."""
    fresh = lock_run(run)
    fresh.status, fresh.error = ImportRun.Status.FAILED, reason[:300]
    fresh.save(update_fields=["status", "error"])
    return fresh


def work_out(
    run: ImportRun, at: datetime, report: Report, typed: Mapping[str, Decimal] | None = None
) -> Outcome:
    """What the file comes to as things stand now. ``typed`` totals come before those of a file."""
    controls = {**_controls(run), **(typed or {})}
    reading = Reading(timezone.localdate(at), frozenset(run.accepted))
    return PLANNERS[run.kind](Asked(run, sheets_of(run), reading, controls, report))


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


def typed_controls(run: ImportRun) -> dict[str, Decimal]:
    """The totals that a person typed for the files taken together with this one."""
    kept = run.batch.controls if run.batch else {}
    return {metric: Decimal(figure) for metric, figure in kept.items()}


@dataclass(frozen=True)
class Findings:
    """What a run keeps of an outcome; light enough to outlive a transaction that is rolled back."""

    counts: dict[str, int]
    lines: list[dict[str, Any]]
    problems: list[ImportProblem]
    seconds: Decimal

    def keep(self, run: ImportRun) -> None:
        """Put them on the run, in the place of earlier ones. The caller saves the run."""
        run.counts, run.reconciliation, run.seconds = self.counts, self.lines, self.seconds
        run.problems.all().delete()
        ImportProblem.objects.bulk_create(self.problems, batch_size=1000)


def findings_of(run: ImportRun, outcome: Outcome, began: float) -> Findings:
    """Figures, lines and every problem by row."""
    return Findings(
        outcome.counts,
        [line.as_json() for line in outcome.lines],
        [
            ImportProblem(
                run=run, sheet=row.sheet[:60], row=row.number, field=found.field, code=found.code,
                severity=found.severity, raw=found.raw[:SHORT], mend=found.mend[:SHORT],
                data=dict(found.data),
            )
            for row in outcome.rows
            for found in row.findings
        ],
        Decimal(f"{time.monotonic() - began:.2f}"),
    )
