"""The data folder: one lock, and notes by which other commands find the running database."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chejian.console import OperatorError, _
from chejian.system import HERE, AlreadyLockedError

PRIVATE_PARTS = ("run", "logs", "media", "cache")
LEAST_ROOM = 200 * 1024 * 1024


class AlreadyRunningError(OperatorError):
    """Another start holds the folder."""


def default_data() -> Path:
    named = os.environ.get("CHEJIAN_DATA")
    return Path(named) if named else HERE.data_home() / "chejian"


def open_folder(data: Path) -> Path:
    """Make the folder for data and the one for notes. Raises OperatorError when it cannot be."""
    data = data.expanduser().resolve()
    try:
        # root's database user must get through to its own folder; the others are private
        data.mkdir(mode=0o711 if HERE.is_root() else 0o700, parents=True, exist_ok=True)
        for part in PRIVATE_PARTS:
            (data / part).mkdir(mode=0o700, exist_ok=True)
        room = shutil.disk_usage(data).free
    except OSError as error:
        raise OperatorError(
            _("The data folder {folder} cannot be used: {reason}")
            .format(folder=data, reason=error.strerror)
        ) from error
    if room < LEAST_ROOM:
        raise OperatorError(
            _("The disk is full: {folder} has {room} MB left, at least {least} MB are needed.")
            .format(folder=data, room=room // 1024**2, least=LEAST_ROOM // 1024**2)
        )
    return data


def run_folder(data: Path) -> Path:
    return data / "run"


@contextmanager
def locked(data: Path, note: dict[str, Any]) -> Iterator[None]:
    """Be the only one on this folder; ``note`` tells others who that is."""
    with (run_folder(data) / "lock").open("a+", encoding="utf-8") as file:
        try:
            HERE.lock(file)
        except AlreadyLockedError as error:
            raise AlreadyRunningError(_already_running(data)) from error
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), **note}))
        file.flush()
        yield


def _already_running(data: Path) -> str:
    holder = _holder(data)
    return _("Chejian is already running on {folder} (process {pid}{where}).").format(
        folder=data, pid=holder.get("pid", "?"),
        where=f", {holder['address']}" if "address" in holder else "",
    )


def _holder(data: Path) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads((run_folder(data) / "lock").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not written yet
        return {}
    return note


def has_database(data: Path) -> bool:
    """Whether a database was made for this folder; asking makes nothing."""
    note = data / "database-folder"
    return note.is_file() or (data / "database" / "data").is_dir()


def remember_database(data: Path, url: str) -> None:
    note = run_folder(data) / "database-url"
    note.touch(mode=0o600)
    note.write_text(url, encoding="utf-8")


def forget_database(data: Path) -> None:
    (run_folder(data) / "database-url").unlink(missing_ok=True)
