"""Tiny films made box by box: two samples of picture, one of sound, and what phones add."""

import struct

from chejian.core.boxes import join

PLACE = b"+22.5348+113.9337/"
PICTURE_1, PICTURE_2, SOUND_1, TIMED = b"picture-one!", b"picture-two", b"sound", PLACE + b"timed"
MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
UPRIGHT = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)


def full(body: bytes) -> bytes:
    """Version and flags in front."""
    return b"\0\0\0\0" + body


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def ftyp(brand: bytes = b"isom") -> bytes:
    return join(b"ftyp", brand + numbers(512) + b"isomavc1mp41")


def udta() -> bytes:
    """Where the film was taken, as Android and iPhones write it."""
    xyz = join(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7) + PLACE)
    loci = join(b"loci", full(b"\x55\xc4home\0\0" + bytes(12) + b"earth\0\0"))
    keys = join(b"keys", full(numbers(1) + b"mdtacom.apple.quicktime.location.ISO6709"))
    return join(b"udta", xyz + loci + join(b"meta", full(keys + PLACE)))


def track(
    handler: bytes,
    codec: bytes,
    offsets: list[int],
    sizes: list[int],
    *,
    wide: bool = False,
    outside: bool = False,
    matrix: bytes = MATRIX,
    extra: bytes = b"",
) -> bytes:
    """A track with one sample a chunk."""
    tkhd = full(numbers(0, 0, 1, 0, 20) + bytes(8) + bytes(8) + matrix)
    tkhd += struct.pack(">II", 640 << 16, 480 << 16)
    hdlr = full(b"\0\0\0\0" + handler + bytes(12) + b"Core Media near home\0")
    url = full(b"http://elsewhere/\0") if outside else b"\0\0\0\1"
    places = (
        join(b"co64", full(numbers(len(offsets)) + struct.pack(f">{len(offsets)}Q", *offsets)))
        if wide
        else join(b"stco", full(numbers(len(offsets), *offsets)))
    )
    stbl = (
        join(b"stsd", full(numbers(1) + join(codec, bytes(78))))
        + join(b"stts", full(numbers(1, len(sizes), 10)))
        + join(b"stsc", full(numbers(1, 1, 1, 1)))
        + join(b"stsz", full(numbers(0, len(sizes), *sizes)))
        + places
        + extra
    )
    dinf = join(b"dinf", join(b"dref", full(numbers(1) + join(b"url ", url))))
    minf = join(b"vmhd", bytes(12)) + dinf + join(b"stbl", stbl)
    mdia = join(b"mdhd", bytes(24)) + join(b"hdlr", hdlr) + join(b"minf", minf)
    return join(b"trak", join(b"tkhd", tkhd) + join(b"mdia", mdia) + udta())


def film(
    *,
    brand: bytes = b"isom",
    moov_first: bool = True,
    wide: bool = False,
    outside: bool = False,
    matrix: bytes = MATRIX,
    codec: bytes = b"avc1",
    picture_extra: bytes = b"",
    moov_extra: bytes = b"",
) -> bytes:
    """A film of picture, sound and a track of timed places, with location in every corner."""
    idle = b"idle bytes " + PLACE
    payload = SOUND_1 + idle + PICTURE_1 + TIMED + PICTURE_2

    def moov(start: int) -> bytes:
        at = {
            sample: start + payload.index(sample)
            for sample in (PICTURE_1, PICTURE_2, SOUND_1, TIMED)
        }
        pictures = [PICTURE_1, PICTURE_2]
        tracks = (
            track(
                b"vide", codec, [at[sample] for sample in pictures],
                [len(sample) for sample in pictures],
                wide=wide, outside=outside, matrix=matrix, extra=picture_extra,
            )
            + track(b"soun", b"mp4a", [at[SOUND_1]], [len(SOUND_1)])
            + track(b"meta", b"mebx", [at[TIMED]], [len(TIMED)])
        )  # fmt: skip
        mvhd = join(b"mvhd", full(numbers(0, 0, 1000, 2500) + bytes(80)))
        return join(b"moov", mvhd + tracks + udta() + moov_extra)

    xmp = join(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + b"<x:xmpmeta>" + PLACE)
    mdat = join(b"mdat", payload)
    head = ftyp(brand) + join(b"free", PLACE)
    if moov_first:
        start = len(head) + len(moov(0)) + len(xmp) + 8
        return head + moov(start) + xmp + mdat
    return head + mdat + moov(len(head) + 8) + xmp
