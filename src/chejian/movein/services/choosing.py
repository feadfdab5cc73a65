"""What a person decides about doubtful stock: kept with the run, and checked again at once."""

from datetime import datetime

from django.db import transaction

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.movein.choices import StockChoices, as_json
from chejian.movein.columns import FileKind
from chejian.movein.models import ImportRun
from chejian.movein.services.readiness import lock_run, require_kind, require_open
from chejian.movein.services.running import request_check


@transaction.atomic
def choose(*, run: ImportRun, choices: StockChoices, by: User, at: datetime) -> ImportRun:
    """Keep the choices for stock below zero and without a cost, and have the file checked again.

    Raises WrongState.
    """
    fresh = lock_run(run)
    require_open(fresh)
    require_kind(fresh, FileKind.PARTS)
    fresh.choices = as_json(choices)
    fresh.save(update_fields=["choices"])
    emit(
        "import.chosen", fresh, station_id=fresh.station_id, by=by, at=at,
        file=fresh.file_name, choices=fresh.choices,
    )
    return request_check(run=fresh, by=by, at=at)
