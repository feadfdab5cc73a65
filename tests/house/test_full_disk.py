"""A full disk: said in clear words, nothing lost, and it goes on when there is room again."""

import contextlib
import errno
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection

from chejian import folder
from chejian.console import OperatorError
from chejian.core.models import ReplayKey
from chejian.core.outbox import emit
from chejian.parties.models import Party
from tests.factories import workorders as make
from tests.factories.accounts import client_of

SMALL = "1m"


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A disk of that size in memory. Only the system's administrator can make one."""
    place.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no disk can be made here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


needs_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None,
    reason="only the administrator can make a small disk",
)


@needs_root
def test_a_start_on_a_small_disk_says_so_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        with pytest.raises(OperatorError, match=r"disk is full|磁盘"):
            folder.open_folder(disk / "data")
        assert not (disk / "data" / "database").exists()


@needs_root
@pytest.mark.django_db(transaction=True)
def test_a_verb_on_a_full_disk_is_refused_whole_and_goes_on_later(defaults: None) -> None:
    """The table of customers lies on a disk of one megabyte that somebody else has filled."""
    shop = make.Shop()
    client = client_of(shop.adviser)
    client.get("/")
    with disk_for("parties_party") as disk:
        before = Party.objects.count()
        with (disk / "others").open("wb") as rest, contextlib.suppress(OSError):
            while True:
                rest.write(b"x" * 4096)
        made, refused, form = 0, None, {}
        while refused is None:
            form = {"once": uuid.uuid4(), "kind": "person", "name": f"客户{made}",
                    "phone": f"139{made:08d}", "price_level": "retail", "remarks": "备注" * 60,
                    "is_customer": "on", "confirmed": "1"}
            answer = client.post("/customers/new/", form)
            if answer.status_code == 302:
                made += 1
            else:
                refused = answer
            assert made < 500

        assert refused.status_code == 507
        assert "磁盘" in refused.content.decode()
        assert Party.objects.count() == before + made
        keys = ReplayKey.objects.count()
        (disk / "others").unlink()
        assert client.post("/customers/new/", form).status_code == 302
        assert Party.objects.count() == before + made + 1
        assert ReplayKey.objects.count() == keys + 1


@contextlib.contextmanager
def disk_for(table: str) -> Iterator[Path]:
    """The table, alone, on a small disk of its own."""
    place = Path(f"/tmp/{uuid.uuid4().hex}")
    with small_disk(place, SMALL) as disk, connection.cursor() as cursor:
        space = disk / "space"
        space.mkdir()
        cursor.execute("SHOW data_directory")
        owner = Path(cursor.fetchone()[0]).stat()
        os.chown(space, owner.st_uid, owner.st_gid)
        disk.chmod(0o755)
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        try:
            cursor.execute(f"ALTER TABLE {table} SET TABLESPACE small")
            yield disk
        finally:
            cursor.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE small")
    place.rmdir()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["database", "files"])
def test_wherever_there_is_no_room_the_page_says_so(
    defaults: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The twin for everybody: the error as the database or the system reports it."""
    def full(*_args: object, **_kwargs: object) -> None:
        if kind == "files":
            raise OSError(errno.ENOSPC, "No space left on device")
        raise OperationalError("could not extend file") from psycopg.errors.DiskFull()

    shop = make.Shop()
    monkeypatch.setattr("chejian.accounts.services.places.emit", full)
    client = client_of(shop.manager)
    form = {"once": uuid.uuid4(), "name": "1 号工位", "kind": ""}
    answer = client.post("/settings/bays/new/", form)
    assert answer.status_code == 507
    assert "磁盘" in answer.content.decode()
    assert not ReplayKey.objects.exists()

    monkeypatch.setattr("chejian.accounts.services.places.emit", emit)
    assert client.post("/settings/bays/new/", form).status_code == 302
