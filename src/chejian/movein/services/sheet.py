"""The reconciliation sheet: the old system's totals beside ours, and a person who vouches for it.

What is signed is frozen: its content, the name, the moment, and a digest over the content.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.errors import NotPermitted
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.movein.errors import WrongState
from chejian.movein.models import ImportBatch, ImportRun, ReconciliationSheet
from chejian.movein.queries import controls_of, problem_groups
from chejian.movein.services.batches import runs_in_order

SIGNABLE = {ImportBatch.Status.TRIED, ImportBatch.Status.IMPORTED}


def content_of(batch: ImportBatch) -> dict[str, Any]:
    """Everything the sheet says, as it stands now. Reads only."""
    runs = runs_in_order(batch)
    told = {line["metric"] for run in runs for line in run.reconciliation}
    return {
        "station": batch.station.name,
        "status": batch.status,
        "files": [_file(run) for run in runs],
        "uncovered": [
            [metric, figure] for metric, figure in _controls(batch).items() if metric not in told
        ],
        "totals": batch.totals,
        "proofs": batch.proofs,
    }


def _controls(batch: ImportBatch) -> dict[str, str]:
    of_file = {name: str(figure) for name, figure in controls_of(batch.station_id).items()}
    return {**of_file, **batch.controls}


def _file(run: ImportRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "name": run.file_name,
        "kind": run.kind,
        "status": run.status,
        "rows": run.row_count,
        "counts": run.counts,
        "choices": run.choices,
        "accepted": run.accepted,
        "lines": run.reconciliation,
        "problems": [
            [group.code, group.severity, group.count] for group in problem_groups(run)
        ],
    }


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 over the content, its keys in order."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def differing(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines whose difference is not nil."""
    for file in content["files"]:
        for line in file["lines"]:
            if line["difference"] is not None and Decimal(line["difference"]):
                yield line


@transaction.atomic
@replayable(ReconciliationSheet)
def sign_off(
    *,
    batch: ImportBatch,
    name: str,
    by: User,
    at: datetime,
    remark: str = "",
    key: UUID | None = None,
) -> ReconciliationSheet:
    """Freeze the sheet as it stands, with the name of who vouches for it.

    Raises NotPermitted, WrongState.
    """
    if not by.can_at(P.IMPORT_DATA, batch.station_id):
        raise NotPermitted(_("You do not have the permission for this."))
    fresh = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if fresh.status not in SIGNABLE:
        raise WrongState(_("Please try or import the files first."))
    if not name.strip():
        raise WrongState(_("Please write your name."), field="name")
    content = content_of(fresh)
    sheet = ReconciliationSheet.objects.create(
        station_id=fresh.station_id, batch=fresh, content=content, digest=digest_of(content),
        remark=remark.strip(), signed_by=by, signed_name=name.strip(), signed_at=at,
    )
    emit(
        "reconciliation.signed", sheet, station_id=fresh.station_id, by=by, at=at,
        name=sheet.signed_name, digest=sheet.digest,
    )
    return sheet
