"""The rewriter of films: what goes, what stays, what is refused."""

import io
import struct
from decimal import Decimal

import pytest

from chejian.core.boxes import find, join, split, table
from chejian.core.uploads import Reason, UnsafeUpload
from chejian.core.video import CleanVideo, clean_video, is_video
from tests.core import films


def cleaned(data: bytes) -> tuple[CleanVideo, bytes]:
    out = io.BytesIO()
    return clean_video(io.BytesIO(data), out), out.getvalue()


def refused(data: bytes) -> Reason:
    out = io.BytesIO()
    with pytest.raises(UnsafeUpload) as caught:
        clean_video(io.BytesIO(data), out)
    return caught.value.reason_code


def samples(data: bytes) -> list[list[bytes]]:
    """Every track's samples, read the way a player reads them."""
    movie = find(data, b"moov")
    found = []
    for kind, body in split(movie):
        if kind == b"trak":
            stbl = find(body, b"mdia", b"minf", b"stbl")
            offsets = [row[0] for row in table(find(stbl, b"stco"), 1)]
            sizes = [row[0] for row in table(find(stbl, b"stsz"), 1, start=8)]
            found.append([data[at : at + size] for at, size in zip(offsets, sizes, strict=True)])
    return found


PLAYED = [[films.PICTURE_1, films.PICTURE_2], [films.SOUND_1]]


@pytest.mark.parametrize("moov_first", [True, False])
@pytest.mark.parametrize("wide", [True, False])
def test_location_goes_and_the_film_still_plays(moov_first: bool, wide: bool) -> None:
    source = films.film(moov_first=moov_first, wide=wide)
    assert source.count(films.PLACE) >= 6

    clean, data = cleaned(source)

    assert samples(data) == PLAYED
    for trace in (films.PLACE, b"\xa9xyz", b"loci", b"ISO6709", b"xmpmeta", b"near home", b"udta"):
        assert trace not in data
    assert [kind for kind, _ in split(data)] == [b"ftyp", b"moov", b"mdat"]
    assert clean == CleanVideo("video/mp4", len(data), 640, 480, Decimal("2.5"))


def test_only_the_samples_of_kept_tracks_are_copied() -> None:
    _, data = cleaned(films.film())
    assert find(data, b"mdat") == films.SOUND_1 + films.PICTURE_1 + films.PICTURE_2


def test_cleaning_twice_changes_nothing() -> None:
    _, once = cleaned(films.film())
    _, twice = cleaned(once)
    assert twice == once


def test_quicktime_and_upright() -> None:
    clean, _ = cleaned(films.film(brand=b"qt  ", matrix=films.UPRIGHT))
    assert (clean.content_type, clean.width, clean.height) == ("video/quicktime", 480, 640)


def test_other_sound_is_left_out_but_the_picture_stays() -> None:
    source = films.film().replace(b"mp4a", b"apac")
    assert samples(cleaned(source)[1]) == PLAYED[:1]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (films.film() + join(b"moof", b""), Reason.FRAGMENTED),
        (films.film(moov_extra=join(b"mvex", b"")), Reason.FRAGMENTED),
        (films.film(outside=True), Reason.EXTERNAL),
        (films.film(codec=b"encv"), Reason.ENCRYPTED),
        (films.film(picture_extra=join(b"saiz", b"")), Reason.ENCRYPTED),
        (films.film(codec=b"gpmd"), Reason.NO_PICTURE),
        (films.film()[:-3], Reason.TRUNCATED),
        (films.film(moov_first=False)[:700], Reason.TRUNCATED),
        (films.ftyp() + join(b"mdat", b"picture"), Reason.TRUNCATED),
        (films.ftyp() + join(b"moov", b""), Reason.NO_PICTURE),
        (join(b"mdat", b"picture"), Reason.UNREADABLE),
    ],
)  # fmt: skip
def test_refused_with_a_reason(data: bytes, reason: Reason) -> None:
    assert refused(data) == reason


def test_chunk_beyond_the_end_is_truncated() -> None:
    source = films.film(moov_first=False)
    at = source.index(b"stco") + 12
    beyond = source[:at] + struct.pack(">I", len(source)) + source[at + 4 :]
    assert refused(beyond) == Reason.TRUNCATED


def test_overlapping_chunks_are_refused() -> None:
    source = films.film(moov_first=False)
    at = source.index(b"stco") + 12
    (first,) = struct.unpack_from(">I", source, at)
    overlapping = source[: at + 4] + struct.pack(">I", first + 1) + source[at + 8 :]
    assert refused(overlapping) == Reason.UNREADABLE


def test_every_cut_is_an_upload_error() -> None:
    """No cut-off film escapes as another error or comes out whole."""
    source = films.film(moov_first=False)
    for length in range(0, len(source) - 1, 7):
        assert refused(source[:length]) in {Reason.TRUNCATED, Reason.UNREADABLE}


def test_what_is_a_video() -> None:
    assert is_video(films.ftyp(b"mp42"))
    assert is_video(films.ftyp(b"qt  "))
    assert not is_video(films.ftyp(b"heic"))
    assert not is_video(b"RIFF\0\0\0\0AVI LIST")
