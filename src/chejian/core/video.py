"""Videos of phones without their location: a small MP4/MOV rewriter.

Phones write where a film was taken into the file: ``©xyz`` and ``loci`` in ``udta``,
``com.apple.quicktime.location.ISO6709`` in ``meta``, XMP in ``uuid``, and whole tracks of timed
data. Removing what is known would leave what is not. So the file is built anew from what a
player needs: its kind (``ftyp``), the picture and sound tracks (``moov``) and exactly the bytes
these tracks point at (``mdat``). All else stays behind. Picture and sound are not re-encoded.
What cannot be treated so (fragments, encryption, data outside the file) is refused.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import BinaryIO, Protocol

from chejian.core.boxes import FileBox, Span, find, join, rewrite, split, table, top_boxes
from chejian.core.uploads import Reason, UnsafeUpload

MAX_MOOV = 4 * 1024 * 1024
COPY = 1024 * 1024
MOVIE = {b"mvhd", b"trak"}
TRACK = {b"tkhd", b"edts", b"mdia", b"tapt"}
MEDIA = {b"mdhd", b"hdlr", b"minf", b"elng"}
INFORMATION = {b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"}
SAMPLES = {
    b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stss", b"stps", b"sdtp",
    b"sbgp", b"sgpd",
}  # fmt: skip
PICTURE = {
    b"avc1", b"avc3", b"hvc1", b"hev1", b"dvh1", b"dvhe", b"dva1", b"dvav",
    b"av01", b"vp08", b"vp09", b"mp4v", b"s263",
}  # fmt: skip
SOUND = {b"mp4a", b"Opus", b"alac", b"ac-3", b"ec-3", b"samr", b"sawb", b"fLaC", b".mp3"}
CODECS = {b"vide": PICTURE, b"soun": SOUND}
TRACES = (b"\xa9xyz", b"loci", b"ISO6709", b"location", b"gpmd", b"<x:xmpmeta")
BRANDS = (
    b"isom", b"iso", b"mp4", b"avc1", b"qt  ", b"M4V", b"3g", b"MSNV", b"dash", b"XAVC", b"mmp4",
)  # fmt: skip
SELF_CONTAINED = join(b"dref", bytes([0, 0, 0, 0, 0, 0, 0, 1]) + join(b"url ", b"\0\0\0\1"))


class Writable(Protocol):
    """Where the clean film goes: it is written in sequence."""

    def write(self, data: bytes, /) -> int: ...


@dataclass(frozen=True)
class CleanVideo:
    """What came out: the new file's size and kind, the picture's size, the length in seconds."""

    content_type: str
    size: int
    width: int
    height: int
    seconds: Decimal


@dataclass(frozen=True)
class _Track:
    """A kept track: its body, the byte ranges of its chunks, the size of its picture."""

    body: bytes
    chunks: Sequence[Span]
    width: int
    height: int


def is_video(head: bytes) -> bool:
    """Whether the first bytes are those of an MP4 or MOV film."""
    return head[4:8] == b"ftyp" and head[8:12].startswith(BRANDS)


def clean_video(source: BinaryIO, destination: Writable) -> CleanVideo:
    """Write to ``destination`` the film of ``source`` without location and other metadata."""
    size = source.seek(0, 2)
    boxes = {box.kind: box for box in reversed(top_boxes(source, size))}
    if b"moof" in boxes:
        raise UnsafeUpload(Reason.FRAGMENTED)
    if b"moov" not in boxes or b"ftyp" not in boxes:
        raise UnsafeUpload(Reason.TRUNCATED if b"ftyp" in boxes else Reason.UNREADABLE)
    brand = _read(source, boxes[b"ftyp"], 256)
    movie = _read(source, boxes[b"moov"], MAX_MOOV)
    tracks = _tracks(movie, size)
    spans = sorted({chunk for track in tracks for chunk in track.chunks})
    start = len(join(b"ftyp", brand) + _movie(movie, tracks, dict.fromkeys(spans, 0))) + 8
    places, total = _layout(spans, start)
    head = join(b"ftyp", brand) + _movie(movie, tracks, places)
    destination.write(head + struct.pack(">I4s", total + 8, b"mdat"))
    for begin, end in spans:
        _copy(source, destination, begin, end)
    picture = max(tracks, key=lambda track: track.width * track.height)
    kind = "video/quicktime" if brand.startswith(b"qt  ") else "video/mp4"
    return CleanVideo(kind, start + total, picture.width, picture.height, _seconds(movie))


def _read(source: BinaryIO, box: FileBox, limit: int) -> bytes:
    if box.end - box.start > limit:
        raise UnsafeUpload(Reason.UNREADABLE)
    source.seek(box.start)
    return source.read(box.end - box.start)


def _copy(source: BinaryIO, destination: Writable, begin: int, end: int) -> None:
    source.seek(begin)
    while begin < end:
        piece = source.read(min(COPY, end - begin))
        if not piece:
            raise UnsafeUpload(Reason.TRUNCATED)
        destination.write(piece)
        begin += len(piece)


def _tracks(movie: bytes, size: int) -> list[_Track]:
    kinds = {kind for kind, _ in split(movie)}
    if b"mvex" in kinds:
        raise UnsafeUpload(Reason.FRAGMENTED)
    if b"cmov" in kinds:
        raise UnsafeUpload(Reason.UNREADABLE)
    bodies = [body for kind, body in split(movie) if kind == b"trak"]
    tracks = [_track(body, size) for body in bodies if _is_kept(body)]
    if not any(track.width and track.height for track in tracks):
        raise UnsafeUpload(Reason.NO_PICTURE)
    return tracks


def _is_kept(track: bytes) -> bool:
    """Only picture and sound that browsers can play: all other tracks may carry places."""
    allowed = CODECS.get(find(track, b"mdia", b"hdlr")[8:12])
    if allowed is None:
        return False
    codecs = {kind for kind, _ in split(find(track, b"mdia", b"minf", b"stbl", b"stsd"), 8)}
    if codecs & {b"encv", b"enca"}:
        raise UnsafeUpload(Reason.ENCRYPTED)
    return bool(codecs) and codecs <= allowed


def _track(body: bytes, size: int) -> _Track:
    stbl = find(body, b"mdia", b"minf", b"stbl")
    if any(kind in {b"saiz", b"saio", b"senc"} for kind, _ in split(stbl)):
        raise UnsafeUpload(Reason.ENCRYPTED)
    _refuse_outside_data(find(body, b"mdia", b"minf", b"dinf", b"dref"))
    chunks = _chunks(stbl)
    if any(end > size for _, end in chunks):
        raise UnsafeUpload(Reason.TRUNCATED)
    width, height = _picture_size(body)
    return _Track(_keep(TRACK, body), chunks, width, height)


def _refuse_outside_data(dref: bytes) -> None:
    entries = [body for _, body in split(dref, 8)]
    if len(entries) != 1 or not entries[0][3:4] == b"\1":
        raise UnsafeUpload(Reason.EXTERNAL)


def _picture_size(track: bytes) -> tuple[int, int]:
    """Width and height as shown: the header's, swapped where the phone was held upright."""
    if find(track, b"mdia", b"hdlr")[8:12] != b"vide":
        return 0, 0
    header = find(track, b"tkhd")
    if len(header) < 84:
        raise UnsafeUpload(Reason.UNREADABLE)
    width, height = (value >> 16 for value in struct.unpack(">II", header[-8:]))
    (a,) = struct.unpack_from(">i", header, len(header) - 44)
    return (width, height) if a else (height, width)


def _chunks(stbl: bytes) -> list[Span]:
    """Begin and end of every chunk in the file: offsets, samples per chunk, sizes of samples."""
    boxes = dict(split(stbl))
    offsets = _offsets(boxes)
    counts = _samples_per_chunk(table(boxes.get(b"stsc", b""), 3), len(offsets))
    same, sizes = _sizes(boxes)
    chunks = []
    first = 0
    for begin, count in zip(offsets, counts, strict=True):
        last = first + count
        if not same and last > len(sizes):
            raise UnsafeUpload(Reason.TRUNCATED)
        length = same * count if same else sum(sizes[first:last])
        chunks.append((begin, begin + length))
        first = last
    return chunks


def _offsets(boxes: dict[bytes, bytes]) -> list[int]:
    if b"co64" in boxes:
        return [(high << 32) | low for high, low in table(boxes[b"co64"], 2)]
    return [offset for (offset,) in table(boxes.get(b"stco", b""), 1)]


def _samples_per_chunk(runs: Sequence[tuple[int, ...]], chunks: int) -> list[int]:
    """``stsc`` names only the chunk where a new count begins, starting with 1."""
    if chunks and (not runs or runs[0][0] != 1):
        raise UnsafeUpload(Reason.UNREADABLE)
    starts = [run[0] for run in runs] + [chunks + 1]
    counts: list[int] = []
    for (begin, end), run in zip(pairwise(starts), runs, strict=True):
        if not begin < end <= chunks + 1:
            raise UnsafeUpload(Reason.UNREADABLE)
        counts += [run[1]] * (end - begin)
    return counts


def _sizes(boxes: dict[bytes, bytes]) -> tuple[int, list[int]]:
    """One size for all samples, or a size for each."""
    if b"stsz" not in boxes:
        raise UnsafeUpload(Reason.UNREADABLE)
    body = boxes[b"stsz"]
    if len(body) < 12:
        raise UnsafeUpload(Reason.TRUNCATED)
    (same,) = struct.unpack_from(">I", body, 4)
    return same, [] if same else [size for (size,) in table(body, 1, start=8)]


def _keep(allowed: set[bytes], body: bytes) -> bytes:
    return rewrite(body, lambda kind, inner: _inside(kind, inner) if kind in allowed else None)


def _inside(kind: bytes, body: bytes) -> bytes:
    match kind:
        case b"mdia":
            return _keep(MEDIA, body)
        case b"minf":
            return _keep(INFORMATION, body)
        case b"stbl":
            return _keep(SAMPLES - {b"stco", b"co64"}, body)
        case b"dinf":
            return SELF_CONTAINED
        case b"hdlr":
            return _plain_handler(body)
        case b"stsd":
            if any(trace in body for trace in TRACES):
                raise UnsafeUpload(Reason.LOCATION_LEFT)
    return body


def _plain_handler(body: bytes) -> bytes:
    """The handler without its name; QuickTime's data handler told of the plain reference."""
    kind = b"url " if body[4:8] == b"dhlr" else body[8:12]
    return body[:8] + kind + body[12:24] + b"\0"


def _movie(movie: bytes, tracks: Sequence[_Track], places: Mapping[Span, int]) -> bytes:
    """The new ``moov``: its header, and the kept tracks with their chunks' new places."""
    parts = [join(b"mvhd", find(movie, b"mvhd"))]
    for track in tracks:
        offsets = [places[chunk] for chunk in track.chunks]
        stco = struct.pack(f">II{len(offsets)}I", 0, len(offsets), *offsets)
        parts.append(join(b"trak", _with_offsets(track.body, join(b"stco", stco))))
    return join(b"moov", b"".join(parts))


def _with_offsets(body: bytes, stco: bytes) -> bytes:
    def change(kind: bytes, inner: bytes) -> bytes:
        if kind in {b"mdia", b"minf"}:
            return rewrite(inner, change)
        return inner + stco if kind == b"stbl" else inner

    return rewrite(body, change)


def _layout(spans: Sequence[Span], start: int) -> tuple[dict[Span, int], int]:
    """Where each chunk goes: in the order of the old file, each once. Overlaps are refused."""
    places: dict[Span, int] = {}
    at = start
    for before, span in pairwise([(0, 0), *spans]):
        if span[0] < before[1]:
            raise UnsafeUpload(Reason.UNREADABLE)
        places[span] = at
        at += span[1] - span[0]
    return places, at - start


def _seconds(movie: bytes) -> Decimal:
    header = find(movie, b"mvhd")
    at, form = (20, ">IQ") if header[:1] == b"\1" else (12, ">II")
    if len(header) < at + struct.calcsize(form):
        raise UnsafeUpload(Reason.UNREADABLE)
    scale, length = struct.unpack_from(form, header, at)
    return (Decimal(length) / scale).quantize(Decimal("0.1")) if scale else Decimal(0)
