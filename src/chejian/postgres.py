"""The embedded PostgreSQL: made, started, found again after a crash, stopped.

Only the programs of the wheel are used. The server is a child in the foreground; whoever starts
it holds the lock of the data folder, so at most one tries.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from chejian import postgres_home
from chejian.console import OperatorError, _
from chejian.postgres_home import Owner
from chejian.system import HERE

USER = "chejian"
DATABASE = "chejian"
BUILTIN_LOCALES_SINCE = 17
PATIENCE_WITH_ORPHAN = 60.0
PATIENCE_WITH_REMNANTS = 15.0
STILL_ENDING = "pre-existing shared memory block"
#: jit costs more than it gives on short statements; the files stand on a disk without a head
SERVER_OPTIONS = (
    "jit=off", "random_page_cost=1.1", "lc_messages=C", "log_destination=stderr",
    "log_checkpoints=off", "log_line_prefix=",
)
#: for throw-away clusters only: a crash may lose everything
UNSAFE_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
#: while one command fills an empty database in one transaction: what it writes into tables made
#: anew needs no log, and nobody tidies up beside it
FILLING_OPTIONS = (
    "wal_level=minimal", "max_wal_senders=0", "max_wal_size=4GB", "checkpoint_timeout=30min",
    "autovacuum=off", "shared_buffers=512MB",
)


@dataclass
class Cluster:
    """One database cluster on disk. Call :meth:`prepare` before :meth:`command`."""

    files: Path
    options: tuple[str, ...] = SERVER_OPTIONS
    owner: Owner | None = None
    programs: Path = Path()
    sockets: Path | None = None
    port: int = 5432
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.owner = postgres_home.choose_owner(self.files)
        self.programs = postgres_home.binaries(self.owner)

    @property
    def data(self) -> Path:
        return self.files / "data"

    def prepare(self) -> None:
        """Make the cluster if there is none; end or step over what a crash left behind."""
        postgres_home.own(self.files, self.owner)
        if not self.data.is_dir():
            self._initialise()
        self._check_version()
        if HERE.local_sockets:
            self.sockets = postgres_home.socket_folder(self.owner)
        else:
            self.port = _free_port()
        self.recover()

    def recover(self) -> None:
        """Before every start. The same dictionary is kept: whoever starts the server holds it."""
        self.environment.clear()
        self.environment |= {**_clean_environment(), **self._after_crash()}

    def command(self) -> list[str]:
        """The server in the foreground: on a private socket, or on loopback with a password."""
        if HERE.local_sockets:
            door = ["-k", str(self.sockets), "-h", "", "-c", "unix_socket_permissions=0700"]
        else:
            door = ["-h", "127.0.0.1", "-p", str(self.port)]
        tuning = [part for option in self.options for part in ("-c", option)]
        return [str(self.programs / "postgres"), "-D", str(self.data), *door, *tuning]

    def popen_options(self) -> dict[str, Any]:
        follow = HERE.spawn_options(on_parent_death=signal.SIGINT)
        identity = self.owner.popen_options() if self.owner else {}
        return {**follow, **identity, "env": self.environment, "cwd": str(self.files)}

    def url(self, database: str = DATABASE) -> str:
        if HERE.local_sockets:
            return f"postgresql://{USER}@/{database}?host={quote(str(self.sockets), safe='/')}"
        password = (self.files / "password").read_text(encoding="utf-8").strip()
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        if not self._says_ready():
            return False
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _says_ready(self) -> bool:
        """The server notes its state in its pid file; asking earlier only fills the log."""
        try:
            note = (self.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return note.splitlines()[-1:] == ["ready   "]

    def ensure_database(self, name: str = DATABASE) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(
                    psycopg.sql.Identifier(name)))

    def stop(self, process: "subprocess.Popen[Any]", patience: float = 30.0) -> None:
        """Fast shutdown: clients are cut off, everything committed stays."""
        self.ask_to_stop(process.pid)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()  # the next start recovers from its log
            process.wait()
        self.forget_sockets()

    def ask_to_stop(self, pid: int) -> None:
        if HERE.local_sockets:
            HERE.ask_to_stop(pid, signal.SIGINT)
        else:
            self._run("pg_ctl", "stop", "-m", "fast", "-W", "-D", str(self.data))

    def forget_sockets(self) -> None:
        if self.sockets is not None:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _initialise(self) -> None:
        """Build beside the final name and rename: a start cut short leaves nothing half-made."""
        fresh = self.files / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        arguments = ["-D", str(fresh), "-U", USER, "--encoding=UTF8", "--data-checksums"]
        if _major(self._version()) >= BUILTIN_LOCALES_SINCE:
            arguments += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        else:
            arguments += ["--lc-collate=C", "--lc-ctype=C.UTF-8"]
        done = self._run("initdb", *arguments, *self._authentication())
        if done.returncode != 0:
            raise explain(done.stderr)
        fresh.rename(self.data)

    def _authentication(self) -> list[str]:
        """Trust is safe behind a socket in a private folder; on a port it takes a password."""
        if HERE.local_sockets:
            return ["--auth=trust"]
        password = self.files / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        return ["--auth=scram-sha-256", f"--pwfile={password}"]

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        here = str(_major(self._version()))
        if made_by != here:
            raise OperatorError(
                _("The database in {folder} was made by PostgreSQL {old}, this program brings "
                  "{new}. Take a dump with the old version and load it into a new folder.")
                .format(folder=self.data, old=made_by, new=here)
            )

    def _version(self) -> str:
        return self._run("postgres", "--version").stdout

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        identity: dict[str, Any] = dict(self.owner.popen_options()) if self.owner else {}
        return subprocess.run(
            [str(self.programs / program), *arguments], env=_clean_environment(),
            cwd=self.files, capture_output=True, text=True, check=False, **identity,
        )

    def _after_crash(self) -> dict[str, str]:
        """Deal with the pid file of a server that was not stopped.

        Three cases: the server still runs (its starter was killed): it is asked to stop. The
        number belongs to another process by now, or to the dead server that nobody has buried
        yet (a container's first process may not): the server is told by PG_GRANDPARENT_PID not
        to fear it. The file was cut off while being written: it goes, as no server is running.
        """
        note = self.data / "postmaster.pid"
        if not note.exists():
            return {}
        first = note.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
        pid = int(first) if first.isdigit() else 0
        for running in self._running_servers(pid):
            self._end_orphan(running)
        if pid:
            return {"PG_GRANDPARENT_PID": str(pid)}
        note.unlink(missing_ok=True)
        return {}

    def _running_servers(self, pid: int) -> list[int]:
        if pid:
            return [pid] if self._is_our_server(HERE.command_line(pid) or "") else []
        return [number for number, line in HERE.processes().items() if self._is_our_server(line)]

    def _is_our_server(self, line: str) -> bool:
        return "postgres" in line and f"-D {self.data} " in f"{line} "

    def _end_orphan(self, pid: int) -> None:
        self.ask_to_stop(pid)
        deadline = time.monotonic() + PATIENCE_WITH_ORPHAN
        while self._is_our_server(HERE.command_line(pid) or ""):
            if time.monotonic() > deadline:
                raise OperatorError(
                    _("A database server of an earlier start (process {pid}) does not stop. "
                      "End it and start again.").format(pid=pid)
                )
            time.sleep(0.05)


@contextmanager
def running(cluster: Cluster, log: Path) -> Iterator[Cluster]:
    """Run a cluster for the length of a block (tests, single commands)."""
    cluster.prepare()
    process = launch(cluster, log)
    try:
        yield cluster
    finally:
        cluster.stop(process)


def launch(cluster: Cluster, log: Path) -> "subprocess.Popen[bytes]":
    """Start a prepared cluster and wait until it answers. Raises OperatorError with its reason."""
    def start() -> "subprocess.Popen[bytes]":
        with log.open("wb") as sink:
            return subprocess.Popen(
                cluster.command(), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                **cluster.popen_options(),
            )

    tries = [start()]
    wait_ready(
        cluster,
        ended=lambda: tries[-1].poll(),  # noqa: PLW0108 - of the newest try
        said=lambda: log.read_text(errors="replace"),
        start_again=lambda: tries.append(start()),
    )
    return tries[-1]


def wait_ready(
    cluster: Cluster,
    ended: Callable[[], int | None],
    said: Callable[[], str],
    start_again: Callable[[], None],
) -> None:
    """Wait without limit, as a crash recovery may be long, while the server lives.

    A server that cannot start only because processes of a killed one are still ending is started
    again for a while.
    """
    deadline = time.monotonic() + PATIENCE_WITH_REMNANTS
    while not cluster.answers():
        if ended() is not None:
            reason = said()
            if STILL_ENDING not in reason or time.monotonic() > deadline:
                raise explain(reason)
            time.sleep(0.3)
            cluster.recover()
            start_again()
        time.sleep(0.02)


def explain(said: str) -> OperatorError:
    """Turn what the server said before it ended into something a person can act on."""
    if "No space left on device" in said or "could not write" in said:
        return OperatorError(_("The disk is full: the database cannot write. Make room first."))
    if STILL_ENDING in said:
        return OperatorError(_("Processes of an earlier database server are still ending. "
                               "Wait a moment and start again."))
    tail = "\n".join(said.strip().splitlines()[-8:])
    return OperatorError(_("The database does not start. It said:\n{tail}").format(tail=tail))


def _clean_environment() -> dict[str, str]:
    """Without the settings of another server that the person may work with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def _major(version: str) -> int:
    found = re.search(r"(\d+)", version)
    if found is None:
        raise OperatorError(_("The database's programs do not run: {said}").format(said=version))
    return int(found.group(1))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
