"""What the worker does for imports: one verb each. Asked for twice, the second finds it done."""

import logging
from collections.abc import Callable
from functools import partial

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
type Verb = Callable[..., object]
RUN, BATCH = ImportRun.Status, ImportBatch.Status


@app.task(name=CHECK_TASK)
def check_file(run_id: int, by_id: int) -> None:
    """What an import would make of the file."""
    _do_run(services.check, RUN.CHECKING, run_id, by_id)


@app.task(name=IMPORT_TASK)
def import_file(run_id: int, by_id: int) -> None:
    """The import itself."""
    _do_run(services.commit_import, RUN.IMPORTING, run_id, by_id)


@app.task(name=UNDO_TASK)
def undo_file(run_id: int, by_id: int) -> None:
    """An import taken back; what holds on to it is said on the run."""
    _do_run(services.undo_import, RUN.UNDOING, run_id, by_id)


@app.task(name=TRIAL_TASK)
def try_files(batch_id: int, by_id: int) -> None:
    """A trial of files taken together."""
    _do_batch(services.try_out, BATCH.TRYING, batch_id, by_id)


@app.task(name=BATCH_TASK)
def import_files_together(batch_id: int, by_id: int) -> None:
    """The real run of files that were tried."""
    _do_batch(services.import_batch, BATCH.IMPORTING, batch_id, by_id)


@app.task(name=BATCH_UNDO_TASK)
def undo_files_together(batch_id: int, by_id: int) -> None:
    """All files taken together taken back; what holds on to them is said on the batch."""
    _do_batch(services.undo_batch, BATCH.UNDOING, batch_id, by_id)


def _do_run(verb: Verb, status: str, run_id: int, by_id: int) -> None:
    run = ImportRun.objects.get(pk=run_id)
    if run.status == status:
        keep = services.keep_import if status == RUN.UNDOING else services.fail
        _do(partial(verb, run=run), by_id, partial(keep, run=run), verb.__name__, run_id,
            undoing=status == RUN.UNDOING)


def _do_batch(verb: Verb, status: str, batch_id: int, by_id: int) -> None:
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.status == status:
        keep = services.keep_batch if status == BATCH.UNDOING else services.fail_batch
        _do(partial(verb, batch=batch), by_id, partial(keep, batch=batch), verb.__name__,
            batch_id, undoing=status == BATCH.UNDOING)


def _do(
    act: Verb, by_id: int, say: Callable[..., object], name: str, pk: int, *, undoing: bool
) -> None:
    """A failure is said on the document, not tried again: nothing of it was written."""
    with pghistory.context(user=by_id, task=name):
        try:
            act(by=User.objects.get(pk=by_id), at=timezone.now())
        except Touched as error:
            say(touches=error.data["touches"])
        except DomainError as error:
            say(reason=str(error))
        except Exception:
            log.exception("%s %s failed", name, pk)
            say(reason=_("Something went wrong; nothing was taken back.") if undoing
                else _("Something went wrong; nothing was imported."))
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
