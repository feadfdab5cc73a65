"""The embedded database through the accidents it will meet. Each test has a cluster of its own."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from chejian import postgres, postgres_home
from chejian.console import OperatorError
from chejian.system import HERE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not run on Windows")
FAST = (*postgres.SERVER_OPTIONS, "fsync=off")


@pytest.fixture
def base():
    folder = Path(tempfile.mkdtemp(prefix="chejian-house-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(base):
    return postgres.Cluster(base / "database", options=FAST)


@contextlib.contextmanager
def running(cluster):
    with postgres.running(cluster, cluster.files.parent / "log"):
        yield


def write(cluster, text):
    with psycopg.connect(cluster.url("postgres")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def read(cluster):
    with psycopg.connect(cluster.url("postgres")) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM note").fetchall()]


def wait_for_end(pid):
    deadline = time.monotonic() + 10
    while HERE.command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_what_was_written_is_there_after_a_stop(cluster):
    with running(cluster):
        write(cluster, "kept")
    assert not (cluster.data / "postmaster.pid").exists()
    with running(cluster):
        assert read(cluster) == ["kept"]
        with psycopg.connect(cluster.url("postgres")) as connection:
            assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_socket_is_for_its_owner_alone(cluster):
    with running(cluster):
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
        assert cluster.files.stat().st_mode & 0o777 == 0o700
        assert len(str(cluster.sockets / ".s.PGSQL.5432")) < 107
    assert not cluster.sockets.exists()


def test_nothing_committed_is_lost_when_the_server_is_killed(cluster, base):
    cluster.prepare()
    process = postgres.launch(cluster, base / "log")
    write(cluster, "committed")
    process.kill()
    process.wait()
    with running(postgres.Cluster(cluster.files, options=FAST)) as _:
        pass
    again = postgres.Cluster(cluster.files, options=FAST)
    with running(again):
        assert read(again) == ["committed"]


def test_the_server_of_a_killed_starter_is_stopped_first(cluster, base):
    """On Linux it ends by itself; where it does not, the next start ends it."""
    cluster.prepare()
    orphan = postgres.launch(cluster, base / "log")
    write(cluster, "committed")
    again = postgres.Cluster(cluster.files, options=FAST)
    again._after_crash()
    assert orphan.wait(10) == 0
    with running(again):
        assert read(again) == ["committed"]


@pytest.mark.parametrize("note", ["", "12", "garbage\n", "\n\n"])
def test_a_pid_file_that_was_cut_off_does_not_stop_the_next_start(cluster, base, note):
    with running(cluster):
        write(cluster, "kept")
    pid_file = cluster.data / "postmaster.pid"
    pid_file.write_text(note)
    if cluster.owner:
        os.chown(pid_file, cluster.owner.uid, cluster.owner.gid)
    again = postgres.Cluster(cluster.files, options=FAST)
    with running(again):
        assert read(again) == ["kept"]


def test_a_pid_that_now_belongs_to_another_process_is_left_alone(cluster, base):
    with running(cluster):
        write(cluster, "kept")
        note = (cluster.data / "postmaster.pid").read_text()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = note.splitlines()
        (cluster.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]))
        if cluster.owner:
            os.chown(cluster.data / "postmaster.pid", cluster.owner.uid, cluster.owner.gid)
        again = postgres.Cluster(cluster.files, options=FAST)
        with running(again):
            assert read(again) == ["kept"]
        assert stranger.poll() is None
        stranger.kill()


def test_a_start_cut_short_in_the_making_begins_anew(cluster):
    cluster.files.mkdir()
    half = cluster.files / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    postgres_home.own(cluster.files, cluster.owner)
    with running(cluster):
        write(cluster, "made")
    assert not half.exists()


def test_a_cluster_of_another_version_is_refused_untouched(cluster):
    with running(cluster):
        pass
    (cluster.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(OperatorError, match="14"):
        postgres.Cluster(cluster.files, options=FAST).prepare()
    assert (cluster.data / "base").is_dir()


def test_what_the_server_said_becomes_advice():
    full = "FATAL: could not write lock file: No space left on device"
    assert "disk" in str(postgres.explain(full)) or "磁盘" in str(postgres.explain(full))
    other = str(postgres.explain("FATAL: the sky fell"))
    assert "the sky fell" in other


@pytest.mark.skipif(not HERE.is_root(), reason="only root hands over to another user")
def test_root_reaches_a_database_below_a_private_folder(monkeypatch, base):
    """A clone may stand in a folder of mode 700: nothing may depend on reaching it."""
    private = base / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(postgres_home, "SHARED_HOME", base / "shared")
    files = postgres_home.files_folder(private)
    assert files.parent == base / "shared"
    assert postgres_home.files_folder(private) == files
    assert private.stat().st_mode & 0o777 == 0o700
    cluster = postgres.Cluster(files, options=FAST)
    with running(cluster):
        write(cluster, "reached")
    assert cluster.owner.name in postgres_home.USERS
    assert files.stat().st_uid == cluster.owner.uid


@pytest.mark.skipif(not HERE.is_root(), reason="only root hands over to another user")
def test_programs_that_the_user_cannot_reach_are_copied(monkeypatch, base):
    monkeypatch.delenv("CHEJIAN_PG_BIN", raising=False)
    monkeypatch.setattr(postgres_home, "SHARED_HOME", base / "shared")
    monkeypatch.setattr(postgres_home.Owner, "can_read", lambda _self, _path: False)
    owner = postgres_home.choose_owner()
    programs = postgres_home.binaries(owner)
    assert programs.is_relative_to(base / "shared")
    done = subprocess.run(
        [str(programs / "psql"), "--version"], capture_output=True, text=True, cwd="/",
        check=True, **owner.popen_options(),
    )
    assert "PostgreSQL" in done.stdout
    assert postgres_home.binaries(owner) == programs


def test_a_stop_waits_for_nobody(cluster, base):
    cluster.prepare()
    process = postgres.launch(cluster, base / "log")
    connection = psycopg.connect(cluster.url("postgres"))
    begun = time.monotonic()
    cluster.stop(process)
    assert time.monotonic() - begun < 5
    connection.close()
    wait_for_end(process.pid)
    assert process.returncode == 0
