"""Files kept under the SHA-256 of their content: written once, never changed, never deleted.

The place is ``MEDIA_ROOT/<first two digits>/<hash>``. A file appears under its name only when
all of it is on the disk (written aside, synced, renamed), so a crash leaves no half file. The
same bytes sent twice are kept once.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

COPY = 1024 * 1024
HASH = re.compile(r"[0-9a-f]{64}")
ASIDE = "incoming"


@dataclass(frozen=True)
class Blob:
    """Bytes in the store."""

    sha256: str
    size: int


class Incoming:
    """A file on its way in: written in sequence, hashed as it comes. See ``incoming``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self._size += len(data)
        return self._file.write(data)

    @property
    def blob(self) -> Blob:
        """What was written; in the store once the ``with`` block has ended."""
        return Blob(self._hash.hexdigest(), self._size)


def root() -> Path:
    return Path(settings.MEDIA_ROOT)


def path_of(sha256: str) -> Path:
    """Where the bytes of this hash stand. Anything but a hash raises ValueError."""
    if not HASH.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return root() / sha256[:2] / sha256


def exists(sha256: str) -> bool:
    return path_of(sha256).is_file()


def open_file(sha256: str) -> BinaryIO:
    """The bytes, to read. Raises FileNotFoundError."""
    return path_of(sha256).open("rb")


@contextmanager
def incoming() -> Iterator[Incoming]:
    """Write a file into the store piece by piece; an error in the block leaves nothing behind."""
    aside = root() / ASIDE
    aside.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=aside)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            arriving = Incoming(file)
            yield arriving
            file.flush()
            os.fsync(file.fileno())
        _put(path, path_of(arriving.blob.sha256))
    finally:
        path.unlink(missing_ok=True)


def store(data: bytes | BinaryIO) -> Blob:
    """Keep bytes or the whole of an open file; returns under which hash."""
    with incoming() as arriving:
        if isinstance(data, bytes):
            arriving.write(data)
        else:
            data.seek(0)
            while piece := data.read(COPY):
                arriving.write(piece)
    return arriving.blob


def _put(path: Path, target: Path) -> None:
    """Give the finished file its name, unless the same bytes stand there already."""
    if target.is_file() and target.stat().st_size == path.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    if os.name != "nt":  # Windows cannot open a folder, and needs no sync of it
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
