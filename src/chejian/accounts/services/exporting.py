"""Long exports made by the worker, and saved templates of columns."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from procrastinate.contrib.django import app as queue

from chejian.accounts.export_models import ExportJob, ExportTemplate
from chejian.accounts.models import Organisation, Role, Station, User
from chejian.accounts.sharing import shared_with
from chejian.accounts.telling import Telling
from chejian.core import exports
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.exports import Format, Table, Wanted
from chejian.core.outbox import emit_about
from chejian.core.patience import patience

TASK = "accounts.export"
KEPT = timedelta(hours=24)
#: a worker's export may take its time, but not the whole night
SECONDS = 600
WAITING_AT_ONCE = 5


class TooManyExports(DomainError):
    code = "too_many_exports"


class UnknownSource(DomainError):
    code = "unknown_source"


class NoColumns(DomainError):
    code = "no_columns"


def place_of(job: ExportJob) -> Path:
    """Where the file of a finished job stands; its name is known to nobody outside."""
    return folder() / f"{job.place}.{job.form}"


def folder() -> Path:
    return Path(settings.DATA) / "exports"


def table_of(wanted: Wanted, source: str, headings: Mapping[str, str], at: datetime) -> Table:
    """The table of a source with the person's own headings, and told where it comes from."""
    found = exports.source(source)
    if found is None:
        raise UnknownSource(_("This list can no longer be exported."))
    table = found.build(wanted).named(headings)
    here = wanted.user.access.stations.get(wanted.station_id)
    facts = [
        (pgettext("export", "List"), table.title),
        (_("Station"), here.name if here else ""),
        (_("Made by"), wanted.user.name),
        (_("Made at"), f"{timezone.localtime(at):%Y-%m-%d %H:%M}"),
        (_("Rows"), str(table.count)),
        *table.facts,
    ]
    return Table(table.title, table.headings, table.rows, table.count, facts)


@transaction.atomic
def request_export(
    *, source: str, title: str, form: str, query: str, columns: Sequence[Mapping[str, str]],
    total: int, station_id: int, by: User, at: datetime,
) -> ExportJob:
    """Have the worker make the file. Raises TooManyExports while too many of his are waiting."""
    busy = ExportJob.objects.filter(
        owner=by, status__in=[ExportJob.Status.WAITING, ExportJob.Status.RUNNING]
    ).count()
    if busy >= WAITING_AT_ONCE:
        raise TooManyExports(_("Five of your exports are still being written. Wait for one."))
    job = ExportJob.objects.create(
        owner=by, station_id=station_id, source=source, title=title[:120], form=Format(form),
        query=query, columns=[dict(column) for column in columns], total=total, asked_at=at,
    )
    queue.configure_task(TASK).defer(job_id=job.pk)
    return job


def record_export(
    *, source: str, title: str, rows: int, station_id: int, by: User, at: datetime
) -> None:
    """Who took which data out of the house, and how much: told in the audit (PIPL art. 51)."""
    emit_about(
        "export.made", subject_type=User._meta.label, subject_id=by.pk, station_id=station_id,
        by=by, at=at, source=source, title=title, rows=rows,
    )


def run_export(*, job: ExportJob, at: datetime) -> ExportJob:
    """Write the file of a job as its owner would see it. A second call finds it done.

    Not one transaction: the rows are read in one, how far it is is told beside it.
    """
    if not _begin(job):
        return job
    language = job.owner.language or _language_of_the_house()
    with translation.override(language):
        try:
            size, rows = _write(job, at)
        except DomainError as error:
            return _failed(job, str(error), at)
        except PermissionDenied:
            return _failed(job, _("You may no longer see this list."), at)
        except Exception:
            _failed(job, _("Something went wrong; no file was made."), at)
            raise
    return _done(job, size, rows, at)


@transaction.atomic
def _done(job: ExportJob, size: int, rows: int, at: datetime) -> ExportJob:
    job.status, job.done, job.total, job.size = ExportJob.Status.DONE, rows, rows, size
    job.finished_at, job.expires_at = at, at + KEPT
    job.save(update_fields=["status", "done", "total", "size", "finished_at", "expires_at"])
    record_export(source=job.source, title=job.title, rows=rows, station_id=job.station_id,
                  by=job.owner, at=at)
    return job


def _begin(job: ExportJob) -> bool:
    """A killed worker's job is begun again; a finished one is left alone."""
    begun = ExportJob.objects.filter(
        pk=job.pk, status__in=[ExportJob.Status.WAITING, ExportJob.Status.RUNNING]
    ).update(status=ExportJob.Status.RUNNING, done=0)
    job.refresh_from_db()
    return bool(begun)


def _write(job: ExportJob, at: datetime) -> tuple[int, int]:
    if not job.owner.is_active:
        raise PermissionDenied
    keys = [column["key"] for column in job.columns]
    own = {column["key"]: column.get("label", "") for column in job.columns}
    target = place_of(job)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = target.with_suffix(".part")
    try:
        with patience(SECONDS, reading=True), Telling(job.pk) as tell, aside.open("wb") as file:
            wanted = Wanted(job.owner, job.station_id, job.query, keys)
            rows = exports.write_file(table_of(wanted, job.source, own, at), job.form, file, tell)
        aside.chmod(0o600)
        os.replace(aside, target)  # noqa: PTH105 - the same as Path.replace, and atomic
    finally:
        aside.unlink(missing_ok=True)
    return target.stat().st_size, rows


def _failed(job: ExportJob, reason: str, at: datetime) -> ExportJob:
    job.status, job.error, job.finished_at = ExportJob.Status.FAILED, reason[:200], at
    job.save(update_fields=["status", "error", "finished_at"])
    return job


def _language_of_the_house() -> str:
    found = Organisation.objects.values_list("language", flat=True).first()
    return found or settings.LANGUAGE_CODE


def expire_exports(*, at: datetime) -> int:
    """Remove the files whose time is over, and what no job knows. Returns how many jobs ended."""
    over = ExportJob.objects.filter(status=ExportJob.Status.DONE, expires_at__lte=at)
    ended = over.update(status=ExportJob.Status.EXPIRED)
    kept = set(
        ExportJob.objects.exclude(
            status__in=[ExportJob.Status.EXPIRED, ExportJob.Status.FAILED]
        ).values_list("place", flat=True)
    )
    for path in folder().glob("*.*"):
        if _place(path) not in kept:
            with suppress(OSError):
                path.unlink()
    return ended


def _place(path: Path) -> UUID | None:
    try:
        return UUID(path.stem)
    except ValueError:
        return None


@transaction.atomic
def save_export_template(
    *, template: ExportTemplate | None = None, source: str, name: str, form: str,
    columns: Sequence[Mapping[str, str]], visibility: str, role: Role | None = None,
    station: Station | None = None, by: User, at: datetime,
) -> ExportTemplate:
    """A new template, or one changed. Raises NoColumns, NotPermitted for another's."""
    if template is not None and not template.may_change(by):
        raise NotPermitted(_("Only the owner changes this template."))
    if not columns:
        raise NoColumns(_("Choose at least one column."))
    made = template or ExportTemplate(owner=by, source=source)
    made.name, made.form, made.changed_at = name, Format(form), at
    made.columns = [{"key": one["key"], "label": one.get("label", "")[:60]} for one in columns]
    for field, value in shared_with(by, visibility, role, station).items():
        setattr(made, field, value)
    made.save()
    return made


@transaction.atomic
def delete_export_template(*, template: ExportTemplate, by: User, at: datetime) -> None:
    """Forget a template. Raises NotPermitted."""
    if not template.may_change(by):
        raise NotPermitted(_("Only the owner changes this template."))
    template.delete()


def columns_of(template: ExportTemplate | None) -> list[dict[str, Any]]:
    return list(template.columns) if template else []
