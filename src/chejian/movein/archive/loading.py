"""Loading an archive into an empty house: all of it, proved, or nothing."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Station
from chejian.books.models import JournalEntry
from chejian.books.services import prove_constraints
from chejian.catalog.models import Part
from chejian.core import file_store
from chejian.core.checks import run_checks
from chejian.core.errors import DomainError
from chejian.movein import figures
from chejian.movein.archive.tables import TableOf, tables
from chejian.movein.archive.writing import FORMAT, PIECE, SEALED_FIELDS, SECRETS, migrations
from chejian.parties.models import Party
from chejian.workorders.models import WorkOrder

COPY = "COPY {} ({}) FROM STDIN (FORMAT csv, HEADER)"
NEXT = """
SELECT setval(pg_get_serial_sequence(%s, %s), greatest((SELECT max({}) FROM {}), 1),
    (SELECT count(*) FROM {}) > 0)
"""


class ArchiveRefused(DomainError):
    """The archive cannot be loaded here. Data: ``reasons``."""

    code = "archive_refused"


@dataclass(frozen=True)
class Loaded:
    """What came in: rows in all, files, and the figures, proved to be those of the archive."""

    rows: int
    files: int
    figures: list[figures.Figure]
    proofs: int


def load(source: Path) -> Loaded:
    """Load it. The house must be empty: what a first start made is replaced. Raises ArchiveRefused.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveRefused(_("This is no archive: %(reason)s") % {"reason": error}) from error
    with archive:
        described = _described(archive)
        _refuse_foreign(described)
        _refuse_full()
        files = sum(1 for _name in _bring_files(archive))
        with transaction.atomic():
            _load_tables(archive, described)
            found, proofs = _prove(described)
    rows = sum(table["rows"] for table in described["tables"])
    return Loaded(rows, files, found, proofs)


def _described(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        described: dict[str, Any] = json.loads(archive.read("schema.json"))
    except (KeyError, ValueError) as error:
        raise ArchiveRefused(_("The archive has no readable schema.json.")) from error
    return described


def _refuse_foreign(described: dict[str, Any]) -> None:
    """Tables must be alike: another version loads it, and is then brought up to this one."""
    if described.get("format") != FORMAT or described.get("migrations") != migrations():
        raise ArchiveRefused(
            _("The archive was made by Chejian %(version)s, whose tables are different. "
              "Load it with that version, then bring that house up to date.")
            % {"version": described.get("version", "?")}
        )


def _refuse_full() -> None:
    for model in (Party, Part, WorkOrder, JournalEntry):
        if model._base_manager.exists():
            raise ArchiveRefused(_("This house is not empty: an archive only goes into a new one."))


def _bring_files(archive: zipfile.ZipFile) -> Iterator[str]:
    """Files first: under their hash they are in nobody's way. A wrong one is refused."""
    for info in archive.infolist():
        if not info.filename.startswith("files/") or info.is_dir():
            continue
        wanted = info.filename.rsplit("/", 1)[-1]
        with archive.open(info) as source, file_store.incoming() as target:
            while piece := source.read(PIECE):
                target.write(piece)
            if target.blob.sha256 != wanted:
                raise ArchiveRefused(
                    _("%(file)s is damaged.") % {"file": info.filename}, reasons=[info.filename]
                )
        yield wanted


def _load_tables(archive: zipfile.ZipFile, described: dict[str, Any]) -> None:
    """Triggers rest: rows come as they were, with their status, their history and their ledgers.

    All tables are locked for it, in a house that is empty; a failure leaves them as they were.
    """
    known = {table.name: table for table in tables()}
    _triggers("DISABLE")
    _empty()
    for told in described["tables"]:
        _load_table(archive, known[told["table"]], told, described["digests"])
    for table in known.values():
        _set_sequence(table)
    _load_secrets(archive)
    prove_constraints()
    _triggers("ENABLE")


def _triggers(word: str) -> None:
    """Ours only: foreign keys and checks of the database stay awake."""
    prove_constraints()
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'ALTER TABLE "{table.name}" {word} TRIGGER USER')


def _empty() -> None:
    """What a first start made (roles, chart, the first login) gives way to the archive's."""
    names = ", ".join(f'"{table.name}"' for table in tables())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def _load_table(
    archive: zipfile.ZipFile, table: TableOf, told: dict[str, Any], digests: dict[str, str]
) -> None:
    digest = hashlib.sha256()
    columns = ", ".join(f'"{column["name"]}"' for column in told["columns"])
    with (
        archive.open(told["path"]) as source,
        connection.cursor() as cursor,
        cursor.cursor.copy(COPY.format(f'"{table.name}"', columns)) as rows,
    ):
        while piece := source.read(PIECE):
            digest.update(piece)
            rows.write(piece)
    if digest.hexdigest() != digests[told["path"]]:
        raise ArchiveRefused(_("%(file)s is damaged.") % {"file": told["path"]})


def _set_sequence(table: TableOf) -> None:
    if not isinstance(table.model._meta.pk, models.AutoField):
        return
    name = f'"{table.name}"'
    with connection.cursor() as cursor:
        cursor.execute(NEXT.format(f'"{table.key}"', name, name), [name, table.key])


def _load_secrets(archive: zipfile.ZipFile) -> None:
    """Numbers in clear are sealed anew, with this house's own key."""
    if SECRETS not in archive.namelist():
        return
    with archive.open(SECRETS) as file:
        lines = csv.DictReader(io.TextIOWrapper(file, "utf-8"))
        rows = {int(row["party_id"]): row for row in lines}
    parties = list(Party.objects.filter(pk__in=rows))
    for party in parties:
        for name in SEALED_FIELDS:
            party.seal(name, rows[party.pk][name])
    names = [*(f"{name}_sealed" for name in SEALED_FIELDS), "identity_index"]
    Party.objects.bulk_update(parties, names, batch_size=500)


def _prove(described: dict[str, Any]) -> tuple[list[figures.Figure], int]:
    """The same figures as in the house it left, and every ledger ties. Raises ArchiveRefused."""
    station = described["station"]
    stations = [station["id"]] if station else list(Station.objects.values_list("pk", flat=True))
    found = figures.figures(stations)
    here, there = (
        {key: value for key, value, _label in told}
        for told in (figures.as_json(found), described["figures"])
    )
    wrong = [f"{key}: {there.get(key)} ≠ {here.get(key)}" for key in sorted({*here, *there})
             if here.get(key) != there.get(key)]
    for told in described["tables"]:
        wrong += _wrong_count(told)
    results = run_checks()
    wrong += [text for result in results for text in result.proof.differences]
    if wrong:
        words = {"reasons": "；".join(wrong[:5])}
        raise ArchiveRefused(
            _("The archive does not tie; nothing was loaded. %(reasons)s") % words, reasons=wrong
        )
    return found, len(results)


def _wrong_count(told: dict[str, Any]) -> Iterator[str]:
    known = {table.name: table for table in tables()}
    count = known[told["table"]].model._base_manager.count()
    if count != told["rows"]:
        yield f"{told['table']}: {told['rows']} ≠ {count}"
