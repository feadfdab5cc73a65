"""Archives asked for, made by the worker, fetched, and deleted: each step is written down."""

import hashlib
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as queue

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.core.errors import NotPermitted
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.movein.archive import writing
from chejian.movein.archive.tables import chosen, rows_of
from chejian.movein.errors import WrongState
from chejian.movein.models import Archive

TASK = "movein.archive"
PIECE = 1024 * 1024
TELL = "UPDATE movein_archive SET done = %s, stage = %s WHERE id = %s"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "archives"


def path_of(archive: Archive) -> Path:
    return folder() / f"chejian-{archive.pk}.zip"


@transaction.atomic
@replayable(Archive)
def request_archive(
    *,
    station: Station | None,
    by: User,
    at: datetime,
    with_files: bool = True,
    in_clear: bool = False,
    key: UUID | None = None,
) -> Archive:
    """Ask for everything of a station, or of all. The worker makes it. Raises NotPermitted.

    Identity numbers in clear need the permission to see them, at every station concerned.
    """
    _require(by, station, P.MOVE_OUT)
    if in_clear:
        _require(by, station, P.SEE_IDENTITY)
    archive = Archive.objects.create(
        station=station, with_files=with_files, in_clear=in_clear, created_by=by, created_at=at
    )
    emit(
        "archive.asked", archive, station_id=archive.station_id, by=by, at=at,
        with_files=with_files, in_clear=in_clear,
    )
    queue.configure_task(TASK).defer(archive_id=archive.pk)
    return archive


def _require(by: User, station: Station | None, code: str) -> None:
    stations = Station.objects.filter(active=True)
    asked = [station.pk] if station else list(stations.values_list("pk", flat=True))
    if not all(by.can_at(code, pk) for pk in asked):
        raise NotPermitted(_("You do not have the permission for this."))


def make_archive(*, archive: Archive, at: datetime) -> Archive:
    """Write the archive beside its place, then put it there whole; said on the row as it goes."""
    wish = writing.Wish(archive.station_id, archive.with_files, archive.in_clear)
    total = sum(
        rows_of(table.model, wish.station_id).order_by().count()
        for table in chosen(wish.station_id)
    )
    Archive.objects.filter(pk=archive.pk).update(status=Archive.Status.WRITING, total=total)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path_of(archive).with_suffix(".part")
    try:
        with _Teller(archive.pk) as tell:
            writing.write(aside, wish, at=at, tell=tell)
        aside.replace(path_of(archive))
    finally:
        aside.unlink(missing_ok=True)
    return _finish(archive, total, at)


@transaction.atomic
def _finish(archive: Archive, total: int, at: datetime) -> Archive:
    fresh = Archive.objects.select_for_update().select_related("created_by").get(pk=archive.pk)
    path = path_of(fresh)
    fresh.status, fresh.finished_at = Archive.Status.DONE, at
    fresh.done, fresh.size, fresh.digest = total, path.stat().st_size, _digest(path)
    fresh.save()
    emit(
        "archive.made", fresh, station_id=fresh.station_id, by=fresh.created_by, at=at,
        size=fresh.size, digest=fresh.digest,
    )
    return fresh


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


class _Teller:
    """Writes how far it is through a second connection: the first one holds the snapshot."""

    def __init__(self, pk: int) -> None:
        self._pk = pk
        self._connection = connection.copy()

    def __enter__(self) -> "_Teller":
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def __call__(self, stage: str, done: int) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(TELL, [done, stage[:60], self._pk])


@transaction.atomic
def fail_archive(*, archive: Archive, reason: str, at: datetime) -> Archive:
    """The work broke off; nothing is kept of it."""
    fresh = Archive.objects.select_for_update().get(pk=archive.pk)
    fresh.status, fresh.error, fresh.finished_at = Archive.Status.FAILED, reason[:300], at
    fresh.save(update_fields=["status", "error", "finished_at"])
    return fresh


@transaction.atomic
def note_fetch(*, archive: Archive, by: User, at: datetime) -> Path:
    """Somebody takes the archive along: that is written down. Raises NotPermitted, WrongState."""
    _require(by, archive.station, P.MOVE_OUT)
    if archive.in_clear:
        _require(by, archive.station, P.SEE_IDENTITY)
    if archive.status != Archive.Status.DONE or not path_of(archive).is_file():
        raise WrongState(_("The archive is not there any more."))
    emit(
        "archive.fetched", archive, station_id=archive.station_id, by=by, at=at,
        digest=archive.digest,
    )
    return path_of(archive)


@transaction.atomic
def delete_archive(*, archive: Archive, by: User, at: datetime) -> Archive:
    """Delete the file; that it was made stays on record. Raises NotPermitted, WrongState."""
    _require(by, archive.station, P.MOVE_OUT)
    fresh = Archive.objects.select_for_update(of=("self",)).get(pk=archive.pk)
    if fresh.busy:
        raise WrongState(_("The archive is still being written."))
    if fresh.status == Archive.Status.DELETED:
        return fresh
    fresh.status = Archive.Status.DELETED
    fresh.save(update_fields=["status"])
    emit("archive.deleted", fresh, station_id=fresh.station_id, by=by, at=at)
    transaction.on_commit(lambda: path_of(fresh).unlink(missing_ok=True))
    return fresh
