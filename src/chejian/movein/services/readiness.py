"""Whether something can be done with a run: the checks that stand before every verb."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from chejian.movein import columns
from chejian.movein.columns import FileKind, Match
from chejian.movein.errors import ColumnsMissing, WrongState
from chejian.movein.models import ImportRun

IMPORTED = {
    FileKind.CARS, FileKind.PARTS, FileKind.HISTORY_HEADS, FileKind.HISTORY_LINES,
}
"""Kinds of files whose rows come in; control totals only stand beside them."""


def lock_run(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)


def require_open(run: ImportRun) -> None:
    """Neither busy nor imported. Raises WrongState."""
    if run.status == ImportRun.Status.UNDONE:
        raise WrongState(_("The import was taken back. Load the file again to import it again."))
    if run.busy:
        raise WrongState(_("The file is being worked on. Please wait."))
    if run.status == ImportRun.Status.IMPORTED:
        raise WrongState(_("The file was imported already. Load it again to import it again."))


def require_kind(run: ImportRun, kind: str) -> None:
    """Raises WrongState."""
    if run.kind != kind:
        raise WrongState(_("This file is about something else."))


def require_ready(run: ImportRun) -> None:
    """Of a kind that comes in, with the columns it needs. Raises ColumnsMissing."""
    if run.kind not in IMPORTED:
        raise ColumnsMissing(_("Please choose what the file is about."), field="kind")
    for sheet in run.sheets:
        matches = [Match(int(at), field, 100) for at, field in sheet["columns"].items()]
        require_columns(run.kind, matches)


def require_columns(kind: str, matches: Sequence[Match]) -> None:
    """Every field that is needed has a column. Raises ColumnsMissing."""
    lacking = columns.missing_required(matches, kind)
    if lacking:
        names = "、".join(str(field.label) for field in lacking)
        raise ColumnsMissing(
            _("These columns are still to be matched: %(names)s") % {"names": names},
            fields=[field.key for field in lacking],
        )
