"""What the worker does for imports: one verb each. Asked for twice, the second finds it done."""

import logging
from collections.abc import Callable

import pghistory
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from chejian.accounts.models import User
from chejian.core.errors import DomainError
from chejian.movein import services
from chejian.movein.errors import Touched
from chejian.movein.models import Archive, ImportBatch, ImportRun
from chejian.movein.services.archives import TASK as ARCHIVE_TASK
from chejian.movein.services.batches import BATCH_TASK, BATCH_UNDO_TASK, TRIAL_TASK
from chejian.movein.services.running import CHECK_TASK, IMPORT_TASK
from chejian.movein.services.undo import UNDO_TASK

log = logging.getLogger(__name__)
type Verb = Callable[..., ImportRun]
type BatchVerb = Callable[..., ImportBatch]


@app.task(name=CHECK_TASK)
def check_file(run_id: int, by_id: int) -> None:
    """What an import would make of the file."""
    _do(services.check, ImportRun.Status.CHECKING, run_id, by_id)


@app.task(name=IMPORT_TASK)
def import_file(run_id: int, by_id: int) -> None:
    """The import itself."""
    _do(services.commit_import, ImportRun.Status.IMPORTING, run_id, by_id)


def _do(verb: Verb, status: str, run_id: int, by_id: int) -> None:
    """A failure is said on the run, not tried again: nothing of it was written."""
    run = ImportRun.objects.get(pk=run_id)
    if run.status != status:
        return
    with pghistory.context(user=by_id, task=verb.__name__):
        try:
            verb(run=run, by=User.objects.get(pk=by_id), at=timezone.now())
        except DomainError as error:
            services.fail(run=run, reason=str(error))
        except Exception:
            log.exception("import %s failed", run_id)
            services.fail(run=run, reason=_("Something went wrong; nothing was imported."))
            raise


@app.task(name=TRIAL_TASK)
def try_files(batch_id: int, by_id: int) -> None:
    """A trial of files taken together."""
    _do_batch(services.try_out, ImportBatch.Status.TRYING, batch_id, by_id)


@app.task(name=BATCH_TASK)
def import_files_together(batch_id: int, by_id: int) -> None:
    """The real run of files that were tried."""
    _do_batch(services.import_batch, ImportBatch.Status.IMPORTING, batch_id, by_id)


@app.task(name=UNDO_TASK)
def undo_file(run_id: int, by_id: int) -> None:
    """An import taken back; what holds on to it is said on the run."""
    run = ImportRun.objects.get(pk=run_id)
    if run.status != ImportRun.Status.UNDOING:
        return
    with pghistory.context(user=by_id, task="undo_import"):
        try:
            services.undo_import(run=run, by=User.objects.get(pk=by_id), at=timezone.now())
        except Touched as error:
            services.keep_import(run=run, touches=error.data["touches"])
        except DomainError as error:
            services.keep_import(run=run, reason=str(error))
        except Exception:
            log.exception("taking import %s back failed", run_id)
            services.keep_import(run=run, reason=_("Something went wrong; nothing was taken back."))
            raise


@app.task(name=BATCH_UNDO_TASK)
def undo_files_together(batch_id: int, by_id: int) -> None:
    """All files taken together taken back; what holds on to them is said on the batch."""
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.status != ImportBatch.Status.UNDOING:
        return
    with pghistory.context(user=by_id, task="undo_batch"):
        try:
            services.undo_batch(batch=batch, by=User.objects.get(pk=by_id), at=timezone.now())
        except Touched as error:
            services.keep_batch(batch=batch, touches=error.data["touches"])
        except DomainError as error:
            services.keep_batch(batch=batch, reason=str(error))
        except Exception:
            log.exception("taking batch %s back failed", batch_id)
            services.keep_batch(
                batch=batch, reason=_("Something went wrong; nothing was taken back.")
            )
            raise


def _do_batch(verb: BatchVerb, status: str, batch_id: int, by_id: int) -> None:
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.status != status:
        return
    with pghistory.context(user=by_id, task=verb.__name__):
        try:
            verb(batch=batch, by=User.objects.get(pk=by_id), at=timezone.now())
        except DomainError as error:
            services.fail_batch(batch=batch, reason=str(error))
        except Exception:
            log.exception("batch %s failed", batch_id)
            services.fail_batch(
                batch=batch, reason=_("Something went wrong; nothing was imported.")
            )
            raise


@app.task(name=ARCHIVE_TASK)
def write_archive(archive_id: int) -> None:
    """Everything of a station, or of all."""
    archive = Archive.objects.get(pk=archive_id)
    if not archive.busy:
        return
    try:
        services.make_archive(archive=archive, at=timezone.now())
    except Exception:
        log.exception("archive %s failed", archive_id)
        services.fail_archive(
            archive=archive, reason=_("Something went wrong; there is no archive."),
            at=timezone.now(),
        )
        raise
