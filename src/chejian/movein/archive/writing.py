"""Making an archive: one snapshot of the database, streamed table by table into a ZIP."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from chejian import __version__
from chejian.accounts.models import Station
from chejian.core import file_store
from chejian.core.models import StoredFile
from chejian.movein import figures
from chejian.movein.archive import readme
from chejian.movein.archive.tables import TableOf, chosen, rows_of, select
from chejian.parties.models import Party

FORMAT = 1
SECRETS = "secrets.csv"
SEALED_FIELDS = ("identity", "bank_account", "tax_number")
COPY = "COPY ({}) TO STDOUT (FORMAT csv, HEADER)"
PIECE = 1024 * 1024
type Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Wish:
    """What is to be moved out: one station or all, with files, with identity numbers in clear."""

    station_id: int | None = None
    with_files: bool = True
    in_clear: bool = False


@dataclass
class Written:
    """What an archive holds, as ``schema.json`` tells it."""

    rows: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    files: int = 0
    files_left_out: int = 0


def write(target: Path, wish: Wish, *, at: datetime, tell: Tell) -> Written:
    """Write the archive. ``tell`` hears which table it is at, and how many rows are done.

    All tables are read in one snapshot, so that every figure ties with every other.
    """
    written = Written()
    target.touch(mode=0o600)
    with transaction.atomic(), zipfile.ZipFile(
        target, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=6
    ) as archive:
        _freeze()
        for table in chosen(wish.station_id):
            _write_table(archive, table, wish, written)
            tell(table.label, sum(written.rows.values()))
        if wish.in_clear:
            _write_secrets(archive, wish, written)
        _write_files(archive, wish, written, tell)
        _write_description(archive, wish, written, at)
    return written


def _freeze() -> None:
    if len(connection.savepoint_ids) == 0:  # inside a test's transaction there is none to choose
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


class _Counting:
    """Bytes on their way into the ZIP, with their digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _write_table(
    archive: zipfile.ZipFile, table: TableOf, wish: Wish, written: Written
) -> None:
    written.rows[table.label] = rows_of(table.model, wish.station_id).order_by().count()
    statement = COPY.format(select(table, wish.station_id))
    with archive.open(table.path, "w", force_zip64=True) as file:
        counting = _Counting(file)
        with connection.cursor() as cursor, cursor.cursor.copy(statement) as rows:
            for piece in rows:
                counting.write(bytes(piece))
    written.digests[table.path] = counting.digest


def _write_secrets(archive: zipfile.ZipFile, wish: Wish, written: Written) -> None:
    """Sealed numbers in clear, a file of their own: it can be taken out of the archive."""
    with archive.open(SECRETS, "w") as file:
        counting = _Counting(file)
        for row in _secret_rows(wish):
            line = io.StringIO()
            csv.writer(line).writerow(row)
            counting.write(line.getvalue().encode())
    written.digests[SECRETS] = counting.digest


def _secret_rows(wish: Wish) -> Iterator[list[str]]:
    yield ["party_id", *SEALED_FIELDS]
    for party in Party.objects.order_by("pk").iterator(chunk_size=2000):
        numbers = [party.unseal(name) for name in SEALED_FIELDS]
        if any(numbers):
            yield [str(party.pk), *numbers]


def _write_files(archive: zipfile.ZipFile, wish: Wish, written: Written, tell: Tell) -> None:
    """Photos and papers, each once under its hash. Files of imports hold numbers in clear."""
    rows = rows_of(StoredFile, wish.station_id)
    done: set[str] = set()
    for stored in rows.values("sha256", "thumbnail_sha256", "kind"):
        leave = not wish.with_files or (
            stored["kind"] == StoredFile.Kind.IMPORT and not wish.in_clear
        )
        for digest in {stored["sha256"], stored["thumbnail_sha256"]} - {"", *done}:
            if leave or not file_store.exists(digest):
                written.files_left_out += 1
                continue
            done.add(digest)
            with (
                file_store.open_file(digest) as source,
                archive.open(f"files/{digest[:2]}/{digest}", "w", force_zip64=True) as target,
            ):
                while piece := source.read(PIECE):
                    target.write(piece)
            tell("files", len(done))
    written.files = len(done)


def _write_description(
    archive: zipfile.ZipFile, wish: Wish, written: Written, at: datetime
) -> None:
    """Written last: it tells what went before."""
    stations = list(Station.objects.order_by("pk").values_list("pk", flat=True))
    asked = stations if wish.station_id is None else [wish.station_id]
    station = Station.objects.get(pk=wish.station_id) if wish.station_id else None
    described = {
        "format": FORMAT,
        "program": "Chejian",
        "version": __version__,
        "made_at": at.isoformat(),
        "station": {"id": station.pk, "code": station.code, "name": station.name}
        if station else None,
        "migrations": migrations(),
        "identity_numbers": "in secrets.csv" if wish.in_clear else "left out",
        "files": {"written": written.files, "left_out": written.files_left_out},
        "figures": figures.as_json(figures.figures(asked)),
        "tables": [_described(table, written) for table in chosen(wish.station_id)],
        "digests": written.digests,
    }
    archive.writestr("schema.json", json.dumps(described, ensure_ascii=False, indent=1))
    archive.writestr("README.md", readme.text(described))


def _described(table: TableOf, written: Written) -> dict[str, Any]:
    return {
        "table": table.name,
        "model": table.label,
        "path": table.path,
        "rows": written.rows[table.label],
        "columns": [asdict(column) for column in table.columns],
    }


def migrations() -> dict[str, str]:
    """The newest migration of each of our apps: what the tables look like."""
    loader = MigrationLoader(connection)
    ours = {table.model._meta.app_label for table in chosen(None)}
    return {app: name for app, name in sorted(loader.graph.leaf_nodes()) if app in ours}
