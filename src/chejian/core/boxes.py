"""Reading and writing the boxes of MP4 and MOV files (ISO/IEC 14496-12, QuickTime).

A box is four bytes of size, four of kind, then its body; a size of 1 means eight more bytes of
size follow. ``core.video`` decides which boxes a clean file keeps.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chejian.core.uploads import Reason, UnsafeUpload

MAX_BOXES = 4096

type Span = tuple[int, int]


@dataclass(frozen=True)
class FileBox:
    """A box at the top of the file: where its body begins and ends."""

    kind: bytes
    start: int
    end: int


def split(body: bytes, start: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """The boxes inside a box, as (kind, body). A size that does not fit raises TRUNCATED."""
    at = start
    while at + 8 <= len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        head = 8
        if size == 1 and at + 16 <= len(body):
            (size,) = struct.unpack_from(">Q", body, at + 8)
            head = 16
        if size == 0 and kind == b"\0\0\0\0":
            return  # the four idle bytes that QuickTime may put at the end of a list
        if size < head or at + size > len(body):
            raise UnsafeUpload(Reason.TRUNCATED)
        yield kind, body[at + head : at + size]
        at += size


def join(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def find(body: bytes, *path: bytes) -> bytes:
    """The body of the first box along ``path``. Raises UNREADABLE where there is none."""
    for wanted in path:
        found = next((inner for kind, inner in split(body) if kind == wanted), None)
        if found is None:
            raise UnsafeUpload(Reason.UNREADABLE)
        body = found
    return body


def rewrite(body: bytes, change: Callable[[bytes, bytes], bytes | None]) -> bytes:
    """The boxes of ``body`` anew: ``change`` gives each its new body, or None to leave it out."""
    parts = []
    for kind, inner in split(body):
        fresh = change(kind, inner)
        if fresh is not None:
            parts.append(join(kind, fresh))
    return b"".join(parts)


def top_boxes(source: BinaryIO, size: int) -> list[FileBox]:
    """The boxes of the file itself; the last may run to the end (size 0)."""
    found: list[FileBox] = []
    at = 0
    while at < size:
        source.seek(at)
        head = source.read(16)
        if len(head) < 8:
            raise UnsafeUpload(Reason.TRUNCATED)
        length, kind = struct.unpack_from(">I4s", head)
        start = at + 8
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack_from(">Q", head, 8)
            start = at + 16
        end = size if length == 0 else at + length
        if end < start or end > size or len(found) >= MAX_BOXES:
            raise UnsafeUpload(Reason.TRUNCATED)
        found.append(FileBox(kind, start, end))
        at = end
    return found


def table(body: bytes, fields: int, start: int = 4) -> list[tuple[int, ...]]:
    """The rows of a sample table: a count, then rows of ``fields`` 32-bit numbers."""
    if len(body) < start + 4:
        raise UnsafeUpload(Reason.TRUNCATED)
    (count,) = struct.unpack_from(">I", body, start)
    width = 4 * fields
    rows = body[start + 4 : start + 4 + count * width]
    if len(rows) != count * width:
        raise UnsafeUpload(Reason.TRUNCATED)
    return list(struct.iter_unpack(f">{fields}I", rows))
