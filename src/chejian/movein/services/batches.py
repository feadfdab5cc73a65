"""Several files together: tried in one transaction that is rolled back, or imported for good.

A trial does everything that the import does (every row, trigger and posting, every proof of the
ledgers) in the house's own database, beside what is there already, and then takes it all back.
What it found is written down outside. Nothing is left to clean up, and it can be repeated.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.books.services import prove_constraints
from chejian.core.checks import run_checks
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.movein import figures
from chejian.movein.errors import WrongState
from chejian.movein.models import ImportBatch, ImportProgress, ImportRun
from chejian.movein.progress import Progress
from chejian.movein.services.outcome import PLANNERS, place
from chejian.movein.services.readiness import require_ready
from chejian.movein.services.running import (
    ONE_AT_A_TIME,
    Findings,
    bring_in,
    findings_of,
    finish,
    typed_controls,
)
from chejian.movein.services.undo import Touch, touches_as_json, undo_import

TRIAL_TASK, BATCH_TASK = "movein.try", "movein.import_batch"
BATCH_UNDO_TASK = "movein.undo_batch"
Status = ImportBatch.Status
IN = ImportRun.Status.IMPORTED


class FileRefused(DomainError):
    """One of the files cannot come in; its name stands before the reason. Data: ``run``."""

    code = "file_refused"


@dataclass(frozen=True)
class Found:
    """What came of all files together: findings by run, figures of the house, its proofs."""

    findings: dict[int, Findings]
    totals: list[list[str]]
    proofs: list[dict[str, Any]]


@transaction.atomic
@replayable(ImportBatch)
def start_batch(
    *,
    station: Station,
    runs: Iterable[ImportRun],
    by: User,
    at: datetime,
    key: UUID | None = None,
) -> ImportBatch:
    """Take files together. Those imported already only stand on the sheet.

    Raises NotPermitted, WrongState.
    """
    if not by.can_at(P.IMPORT_DATA, station.pk):
        raise NotPermitted(_("You do not have the permission for this."))
    ids = [run.pk for run in runs]
    rows = ImportRun.objects.select_for_update(no_key=True).filter(pk__in=ids, station=station)
    chosen = list(rows.order_by("pk"))
    if not chosen:
        raise WrongState(_("Please choose the files that belong together."))
    for run in chosen:
        if run.kind not in PLANNERS or run.busy or run.status == ImportRun.Status.UNDONE:
            raise WrongState(_("%(file)s cannot come along.") % {"file": run.file_name})
        if run.status == IN and run.batch_id is not None:
            raise WrongState(
                _("%(file)s came in together with others already.") % {"file": run.file_name}
            )
    done = all(run.status == IN for run in chosen)
    batch = ImportBatch.objects.create(
        station=station, created_by=by, created_at=at,
        status=Status.IMPORTED if done else Status.OPEN,
        imported_at=max(run.imported_at or at for run in chosen) if done else None,
        imported_by=by if done else None,
        totals=figures.as_json(figures.figures([station.pk])) if done else [],
    )
    ImportRun.objects.filter(pk__in=[run.pk for run in chosen]).update(batch=batch)
    return batch


def runs_in_order(batch: ImportBatch) -> list[ImportRun]:
    """Customers before parts before history before its lines; of one kind the older file first."""
    runs = batch.runs.select_related("file", "station", "progress").order_by("pk")
    return sorted((run for run in runs if run.kind in PLANNERS), key=lambda run: place(run.kind))


@transaction.atomic
def type_controls(
    *, batch: ImportBatch, controls: dict[str, Decimal], by: User, at: datetime
) -> ImportBatch:
    """Keep the old system's totals as a person typed them; they count from the next trial on."""
    fresh = _lock(batch)
    _require_idle(fresh)
    fresh.controls = {metric: str(figure) for metric, figure in controls.items()}
    fresh.save(update_fields=["controls"])
    return fresh


@transaction.atomic
def request_trial(*, batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    """Queue a trial; the worker does it. Raises WrongState, ColumnsMissing."""
    return _queue(batch, Status.TRYING, TRIAL_TASK, by)


@transaction.atomic
def request_batch_import(*, batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    """Queue the real run of files that were tried. Raises WrongState, ColumnsMissing."""
    return _queue(batch, Status.IMPORTING, BATCH_TASK, by)


def _queue(batch: ImportBatch, status: str, task: str, by: User) -> ImportBatch:
    fresh = _lock(batch)
    _require_idle(fresh)
    runs = _to_come(fresh)
    for run in runs:
        require_ready(run)
    if status == Status.IMPORTING and fresh.status != Status.TRIED:
        raise WrongState(_("Please try the files first."))
    fresh.status, fresh.error = status, ""
    fresh.save(update_fields=["status", "error"])
    for run in runs:
        ImportProgress.objects.filter(run=run).update(done=0, total=run.row_count, stage="")
    queue.configure_task(task).defer(batch_id=fresh.pk, by_id=by.pk)
    return fresh


def _to_come(batch: ImportBatch) -> list[ImportRun]:
    """The files that are not in yet. Raises WrongState when there are none, or one is at work."""
    runs = [run for run in runs_in_order(batch) if run.status != IN]
    if not runs:
        raise WrongState(_("All of these files are imported already."))
    if any(run.busy for run in runs):
        raise WrongState(_("The file is being worked on. Please wait."))
    return runs


def try_out(*, batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    """Bring all files in, in one transaction, look at the result, and roll everything back.

    Problems, figures and the lines of the sheet are kept on the runs and the batch. Raises
    FileRefused, WrongState.
    """
    began = time.monotonic()
    with transaction.atomic():
        fresh = ImportBatch.objects.get(pk=batch.pk)
        found = _bring_all_in(fresh, by, at, real=False)
        transaction.set_rollback(True)
    return _keep_trial(batch, found, began, by, at)


@transaction.atomic
def _keep_trial(
    batch: ImportBatch, found: Found, began: float, by: User, at: datetime
) -> ImportBatch:
    fresh = _lock(batch)
    for run in ImportRun.objects.select_for_update(no_key=True).filter(pk__in=found.findings):
        found.findings[run.pk].keep(run)
        run.status, run.checked_at = ImportRun.Status.CHECKED, at
        run.save()
    fresh.status, fresh.tried_at = Status.TRIED, at
    fresh.trials += 1
    _keep_found(fresh, found, began)
    emit(
        "import.tried", fresh, station_id=fresh.station_id, by=by, at=at, files=len(found.findings)
    )
    return fresh


@transaction.atomic
def import_batch(*, batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    """Bring all files in for good: every one of them, or none.

    Raises FileRefused, WrongState.
    """
    began = time.monotonic()
    fresh = _lock(batch)
    if fresh.status not in {Status.TRIED, Status.IMPORTING}:
        raise WrongState(_("Please try the files first."))
    found = _bring_all_in(fresh, by, at, real=True)
    fresh.status = Status.IMPORTED
    fresh.imported_by, fresh.imported_at = by, at
    _keep_found(fresh, found, began)
    return fresh


def _keep_found(batch: ImportBatch, found: Found, began: float) -> None:
    batch.totals, batch.proofs = found.totals, found.proofs
    batch.seconds = Decimal(f"{time.monotonic() - began:.2f}")
    batch.save()


def _bring_all_in(batch: ImportBatch, by: User, at: datetime, *, real: bool) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    findings: dict[int, Findings] = {}
    for run in _to_come(batch):
        began = time.monotonic()
        with Progress(run.pk, run.row_count) as progress:
            try:
                outcome = bring_in(run, by, at, progress, typed_controls(run))
            except DomainError as error:
                raise FileRefused(f"{run.file_name}: {error}", run=run.pk) from error
        findings[run.pk] = findings_of(run, outcome, began)
        if real:
            findings[run.pk].keep(run)
            finish(run, by, at)
    prove_constraints()
    return Found(findings, figures.as_json(figures.figures([batch.station_id])), _proofs())


def _proofs() -> list[dict[str, Any]]:
    return [
        {"title": str(result.title), "differences": list(result.proof.differences[:20])}
        for result in run_checks()
    ]


@transaction.atomic
def fail_batch(*, batch: ImportBatch, reason: str) -> ImportBatch:
    """The work broke off; nothing was imported. It can be tried again."""
    fresh = _lock(batch)
    fresh.status, fresh.error = Status.FAILED, reason[:300]
    fresh.save(update_fields=["status", "error"])
    return fresh


@transaction.atomic
def request_batch_undo(*, batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    """Queue the taking back of all; the worker does it. Raises WrongState, NotPermitted."""
    if not by.can_at(P.IMPORT_DATA, batch.station_id):
        raise NotPermitted(_("You do not have the permission for this."))
    fresh = _lock(batch)
    _require_idle(fresh)
    if not any(run.status == IN for run in runs_in_order(fresh)):
        raise WrongState(_("Only an import that was carried out can be taken back."))
    fresh.status, fresh.touches, fresh.error = Status.UNDOING, [], ""
    fresh.save(update_fields=["status", "touches", "error"])
    queue.configure_task(BATCH_UNDO_TASK).defer(batch_id=fresh.pk, by_id=by.pk)
    return fresh


@transaction.atomic
def keep_batch(
    *, batch: ImportBatch, touches: Sequence[Touch] = (), reason: str = ""
) -> ImportBatch:
    """It could not be taken back and stays as it is; what held on to it is written down."""
    fresh = _lock(batch)
    fresh.status, fresh.error = Status.IMPORTED, reason[:300]
    fresh.touches = touches_as_json(touches)
    fresh.save(update_fields=["status", "error", "touches"])
    return fresh


@transaction.atomic
def undo_batch(*, batch: ImportBatch, by: User, at: datetime) -> ImportBatch:
    """Take back all files of it that are in, the last first: all or none.

    Raises Touched, WrongState, NotPermitted.
    """
    fresh = _lock(batch)
    runs = [run for run in runs_in_order(fresh) if run.status == IN]
    if not runs:
        raise WrongState(_("Only an import that was carried out can be taken back."))
    for run in reversed(runs):
        undo_import(run=run, by=by, at=at)
    fresh.status = Status.UNDONE
    fresh.save(update_fields=["status"])
    return fresh


def _lock(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)


def _require_idle(batch: ImportBatch) -> None:
    if batch.busy:
        raise WrongState(_("The files are being worked on. Please wait."))


