"""Moving out and in again: the same rows, figures and proofs, and what must never leave."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from chejian.accounts.models import Role, Station, User
from chejian.accounts.services import ensure_defaults as ensure_roles
from chejian.books.services import ensure_defaults as ensure_chart
from chejian.catalog.services import ensure_defaults as ensure_catalog
from chejian.core import file_store
from chejian.core.checks import run_checks
from chejian.core.errors import NotPermitted
from chejian.core.models import Event, StoredFile
from chejian.movein import figures, services
from chejian.movein.archive import loading, tables, writing
from chejian.movein.archive.loading import ArchiveRefused
from chejian.movein.models import Archive
from chejian.parties.models import Party
from chejian.parties.services import create_party
from chejian.workorders.models import WorkOrder
from tests.walk import world


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


HERE_ONLY = {
    "core.ReplayKey", "accounts.ExportJob", "accounts.ApiToken", "accounts.LoginFailure",
    "accounts.Session", "movein.Archive",
}


def _write(path: Path, **wish: Any) -> dict[str, Any]:
    writing.write(path, writing.Wish(**wish), at=timezone.now(), tell=lambda *_: None)
    with zipfile.ZipFile(path) as archive:
        described: dict[str, Any] = json.loads(archive.read("schema.json"))
    return described


def _rows(path: Path, table: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive, archive.open(table) as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))


def _start_anew() -> None:
    """As after a first start: tables empty but for what every house begins with."""
    loading._triggers("DISABLE")
    loading._empty()
    loading._triggers("ENABLE")
    ensure_roles()
    ensure_chart()
    ensure_catalog()


def _everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that belongs to an archive, as the database tells it."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables.tables():
            columns = ", ".join(
                f'"{column.name}"' for column in table.columns
                if column.name not in tables.NEVER and not tables.is_sealed(column.name)
            )
            cursor.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY "{table.key}"')
            found[table.label] = cursor.fetchall()
    return found


def test_every_table_belongs_or_is_named_as_staying_here() -> None:
    ours = {
        model._meta.label
        for config in apps.get_app_configs()
        if config.name.startswith("chejian.")
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed
    }
    assert {table.label for table in tables.tables()} == (ours - HERE_ONLY) | {"pghistory.Context"}


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_goes_out_and_comes_back_the_same(tmp_path: Path) -> None:
    call_command("demo")
    before, stations = _everything(), list(Station.objects.values_list("pk", flat=True))
    told = figures.as_json(figures.figures(stations))
    files = set(StoredFile.objects.values_list("sha256", flat=True))
    path = tmp_path / "all.zip"
    described = _write(path, in_clear=True)
    assert described["figures"] == told
    for digest in files:
        file_store.path_of(digest).unlink()
    _start_anew()
    loaded = loading.load(path)
    assert figures.as_json(figures.figures(stations)) == told
    assert figures.as_json(loaded.figures) == told
    after = _everything()
    assert {label: len(rows) for label, rows in after.items()} == (
        {label: len(rows) for label, rows in before.items()}
    )
    assert after == before
    assert [d for result in run_checks() for d in result.proof.differences] == []
    assert all(file_store.exists(digest) for digest in files)
    assert not any(user.has_usable_password() for user in User.objects.all())
    _work_goes_on()


def _work_goes_on() -> None:
    """Numbers and ids go on where they were, and the triggers are awake again."""
    by = next(user for user in User.objects.filter(is_active=True) if user.can("customers.edit"))
    party = create_party(name="王建华", by=by, at=timezone.now())
    assert party.pk == max(Party.objects.values_list("pk", flat=True))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all()._raw_delete("default")


@pytest.mark.django_db
def test_passwords_tokens_and_numbers_stay_here(
    defaults: None, tmp_path: Path, manager: User
) -> None:
    party = create_party(
        name="王建华", identity="11010519491231002X", by=manager, at=timezone.now()
    )
    path = tmp_path / "a.zip"
    described = _write(path)
    raw = b"".join(zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist())
    assert b"11010519491231002" not in raw
    assert b"argon2" not in raw
    assert party.identity_sealed.encode() not in raw
    assert described["identity_numbers"] == "left out"
    assert {row["password"] for row in _rows(path, "tables/accounts/User.csv")} == {"!"}
    labels = {table["model"] for table in described["tables"]}
    assert labels.isdisjoint(HERE_ONLY)
    _write(clear := tmp_path / "b.zip", in_clear=True)
    assert _rows(clear, "secrets.csv") == [{
        "party_id": str(party.pk), "identity": "11010519491231002X", "bank_account": "",
        "tax_number": "",
    }]


@pytest.mark.django_db
def test_numbers_in_clear_are_sealed_anew(
    defaults: None, tmp_path: Path, manager: User
) -> None:
    party = create_party(
        name="王建华", identity="11010519491231002X", by=manager, at=timezone.now()
    )
    _write(path := tmp_path / "a.zip", in_clear=True)
    _start_anew()
    loading.load(path)
    fresh = Party.objects.get(pk=party.pk)
    assert fresh.unseal("identity") == "11010519491231002X"
    assert (fresh.identity_sealed != party.identity_sealed, fresh.identity_index) == (
        True, party.identity_index,
    )


@pytest.mark.django_db
def test_only_into_an_empty_house_and_only_whole(
    defaults: None, tmp_path: Path, manager: User
) -> None:
    create_party(name="王建华", by=manager, at=timezone.now())
    _write(path := tmp_path / "a.zip")
    with pytest.raises(ArchiveRefused, match="not empty"):
        loading.load(path)
    _start_anew()
    roles = Role.objects.count()
    for damage, words in ((_cut_a_row, "damaged|tie"), (_other_version, "made by")):
        with pytest.raises(ArchiveRefused, match=words):
            loading.load(damage(path, tmp_path / "bad.zip"))
        assert (Party.objects.count(), Role.objects.count()) == (0, roles)
    with pytest.raises(ArchiveRefused):
        loading.load(tmp_path / "nothing.zip")
    loading.load(path)
    assert Party.objects.get().name == "王建华"


def _copy(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def _cut_a_row(source: Path, target: Path) -> Path:
    return _copy(source, target, lambda name, data: (
        data.split(b"\n", 1)[0] + b"\n" if name == "tables/parties/Party.csv" else data
    ))


def _other_version(source: Path, target: Path) -> Path:
    return _copy(source, target, lambda name, data: (
        data.replace(b'"core": "', b'"core": "9') if name == "schema.json" else data
    ))


@pytest.mark.django_db
def test_the_worker_makes_it_and_every_step_is_written_down(
    defaults: None, station: Station, manager: User, make_user: Callable[..., User]
) -> None:
    at = timezone.now()
    adviser = make_user("service_adviser", station)
    for asked in (station, None):
        with pytest.raises(NotPermitted):
            services.request_archive(station=asked, by=adviser, at=at)
    archive = services.request_archive(station=station, by=manager, at=at)
    services.make_archive(archive=archive, at=at)
    archive.refresh_from_db()
    assert (archive.status, archive.size > 1000, len(archive.digest)) == ("done", True, 64)
    path = services.note_fetch(archive=archive, by=manager, at=at)
    assert zipfile.ZipFile(path).testzip() is None
    with pytest.raises(NotPermitted):
        services.note_fetch(archive=archive, by=adviser, at=at)
    services.delete_archive(archive=archive, by=manager, at=at)
    assert Archive.objects.get().status == "deleted"
    kinds = Event.objects.filter(subject_type="movein.Archive").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "archive.asked", "archive.made", "archive.fetched", "archive.deleted",
    ]


@pytest.mark.django_db
def test_the_commands(defaults: None, station: Station, manager: User, tmp_path: Path) -> None:
    create_party(name="王建华", by=manager, at=timezone.now())
    path = tmp_path / "a.zip"
    call_command("export_archive", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError):
        call_command("export_archive", str(path))
    with pytest.raises(CommandError):
        call_command("export_archive", str(tmp_path / "b.zip"), station="nowhere")
    with pytest.raises(CommandError):
        call_command("load_archive", str(path))
    _start_anew()
    call_command("load_archive", str(path))
    assert Party.objects.count() == 1


@pytest.mark.django_db
def test_a_station_takes_its_own_along_and_nothing_of_others(tmp_path: Path) -> None:
    """Two stations with a row of everything; the archive of one loads, ties, and is only its."""
    group = world.build()
    here, there = group.here.station, group.there.station
    orders = set(WorkOrder.objects.filter(station=here).values_list("pk", flat=True))
    assert WorkOrder.objects.filter(station=there).exists()
    told = figures.as_json(figures.figures([here.pk]))
    path = tmp_path / "ns.zip"
    described = _write(path, station_id=here.pk)
    assert described["station"]["id"] == here.pk
    for name in ("workorders/WorkOrder", "billing/Settlement", "inventory/StockMove"):
        rows = _rows(path, f"tables/{name}.csv")
        assert {row["station_id"] for row in rows} == {str(here.pk)}
    lines = _rows(path, "tables/workorders/JobLine.csv")
    assert {int(row["order_id"]) for row in lines} <= orders
    _start_anew()
    loading.load(path)
    assert set(WorkOrder.objects.values_list("pk", flat=True)) == orders
    assert figures.as_json(figures.figures([here.pk])) == told
    assert [d for result in run_checks() for d in result.proof.differences] == []
