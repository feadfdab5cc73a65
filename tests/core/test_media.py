"""Photos and signatures: judged by content, upright, without metadata."""

import base64
import io
import struct
import zlib
from pathlib import Path

import pytest
from django.utils import translation
from PIL import Image, ImageCms, ImageDraw

from chejian.core import media
from chejian.core.media import MediaKind, clean_photo, clean_signature, kind_of
from chejian.core.uploads import Reason, UnsafeUpload

HEIC = Path(__file__).parent / "files" / "gps.heic"
ORIENTATION, MODEL, GPS = 0x0112, 0x0110, 0x8825


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Red on the left, blue on the right: so that turning shows."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def exif(orientation: int = 1) -> bytes:
    found = Image.Exif()
    found[ORIENTATION] = orientation
    found[MODEL] = "Spy Phone"
    found.get_ifd(GPS).update({1: "N", 2: (22.0, 32.0, 5.0), 3: "E", 4: (113.0, 56.0, 1.0)})
    return found.tobytes()


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def reason_of(data: bytes, name: str = "") -> Reason:
    with pytest.raises(UnsafeUpload) as caught:
        clean_photo(data, name=name)
    return caught.value.reason_code


def test_photo_loses_location_and_device() -> None:
    source = saved(picture(), "JPEG", exif=exif(), comment=b"at home")
    assert opened(source).getexif().get_ifd(GPS)

    clean = clean_photo(source, name="IMG_0001.JPG")

    for data in (clean.data, clean.thumbnail):
        assert not opened(data).getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & opened(data).info.keys()
        assert b"Spy Phone" not in data
        assert b"at home" not in data
    assert (clean.content_type, clean.width, clean.height) == ("image/jpeg", 60, 40)


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (60, 40), (5, 20)),
        (3, (60, 40), (55, 20)),
        (6, (40, 60), (20, 5)),
        (8, (40, 60), (20, 55)),
    ],
)
def test_photo_is_turned_upright(
    orientation: int, size: tuple[int, int], red_at: tuple[int, int]
) -> None:
    clean = clean_photo(saved(picture(), "JPEG", quality=95, exif=exif(orientation)))
    result = opened(clean.data)
    assert result.size == size
    red, green, blue = result.getpixel(red_at)
    assert red > 200
    assert green < 60
    assert blue < 60


def test_large_photo_is_made_small_with_a_thumbnail() -> None:
    clean = clean_photo(saved(picture(5000, 2000), "JPEG"))
    assert (clean.width, clean.height) == (2560, 1024)
    assert opened(clean.data).size == (2560, 1024)
    assert opened(clean.thumbnail).size == (320, 128)


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("WEBP", "a.webp"), ("PNG", "a.jpg")])
def test_other_formats_become_jpeg(form: str, name: str) -> None:
    clean = clean_photo(saved(picture(), form), name=name)
    assert opened(clean.data).format == "JPEG"


def test_heic_of_a_phone() -> None:
    source = HEIC.read_bytes()
    assert b"Spy Phone" in source

    clean = clean_photo(source, name="IMG_0002.HEIC")

    result = opened(clean.data)
    assert (result.format, result.size) == ("JPEG", (64, 48))
    assert not result.getexif()
    assert b"Spy Phone" not in clean.data
    assert result.getpixel((5, 20))[2] > 200
    assert result.getpixel((60, 20))[0] > 200


def test_picture_of_two_pictures_gives_the_first() -> None:
    """Some phones put a second, smaller picture into the file (MPO)."""
    source = saved(picture(), "MPO", save_all=True, append_images=[picture(30, 20)])
    clean = clean_photo(source, name="a.jpg")
    assert (clean.width, clean.height) == (60, 40)
    assert opened(clean.data).format == "JPEG"


def test_transparent_becomes_white() -> None:
    clean = clean_photo(saved(Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "PNG"))
    assert opened(clean.data).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "I;16"])
def test_every_mode_of_png(mode: str) -> None:
    clean = clean_photo(saved(Image.new(mode, (20, 20)), "PNG"))
    assert opened(clean.data).mode == "RGB"


def test_wide_colours_are_turned_and_a_broken_profile_is_ignored() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert clean_photo(saved(picture(), "JPEG", icc_profile=profile)).width == 60
    assert clean_photo(saved(picture(), "JPEG", icc_profile=b"nonsense")).width == 60


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )  # fmt: skip


GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = saved(picture(), "JPEG")
NOISE = saved(Image.effect_noise((300, 300), 90), "JPEG")


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.jpg", Reason.EMPTY),
        (GIF, "a.gif", Reason.NOT_ALLOWED),
        (GIF, "a.jpg", Reason.NOT_ALLOWED),
        (SVG, "a.svg", Reason.NOT_ALLOWED),
        (b"<!doctype html><html></html>", "a.jpg", Reason.NOT_ALLOWED),
        (b"%PDF-1.7", "a.pdf", Reason.NOT_ALLOWED),
        (b"MZ\x90\x00", "a.exe", Reason.NOT_ALLOWED),
        (JPEG, "a.html", Reason.WRONG_NAME),
        (JPEG, "a.mp4", Reason.WRONG_NAME),
        (JPEG, "a.php", Reason.WRONG_NAME),
        (JPEG[:20] + SVG + JPEG[20:], "a.jpg", Reason.POLYGLOT),
        (JPEG + b"<script>alert(1)</script>", "a.jpg", Reason.POLYGLOT),
        (JPEG + b"<?php system($_GET[0]); ?>", "a.jpg", Reason.POLYGLOT),
        (JPEG + b"PK\x05\x06" + bytes(18), "a.jpg", Reason.POLYGLOT),
        (NOISE[: len(NOISE) // 2], "a.jpg", Reason.TRUNCATED),
        (HEIC.read_bytes()[:-100], "a.heic", Reason.UNREADABLE),
        (b"\x89PNG\r\n\x1a\n" + b"junk" * 20, "a.png", Reason.UNREADABLE),
        (b"\xff\xd8\xff" + b"junk" * 20, "a.jpg", Reason.UNREADABLE),
        (bomb(8001, 8000), "a.png", Reason.TOO_MANY_PIXELS),
        (bomb(10000, 10000), "a.png", Reason.TOO_MANY_PIXELS),
        (bomb(60000, 60000), "a.png", Reason.TOO_MANY_PIXELS),
    ],
)
def test_refused_with_a_reason(data: bytes, name: str, reason: Reason) -> None:
    assert reason_of(data, name) == reason


def test_too_big_is_told_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MAX_PHOTO", 1000)
    with pytest.raises(UnsafeUpload) as caught:
        clean_photo(JPEG + bytes(2000))
    assert caught.value.reason_code == Reason.TOO_BIG


def test_what_phones_append_is_no_reason_to_refuse() -> None:
    """Samsung writes a trailer, motion photos a whole film behind the picture: both are dropped."""
    clean = clean_photo(JPEG + b"SEFH\0\0\0\0SEFT" + b"\0\0\0\x18ftypmp42", name="a.jpg")
    assert b"SEFT" not in clean.data
    assert b"ftyp" not in clean.data


def test_kinds() -> None:
    assert kind_of(JPEG[:32], "IMG.JPEG") is MediaKind.PHOTO
    assert kind_of(HEIC.read_bytes()[:32]) is MediaKind.PHOTO
    assert kind_of(b"\0\0\0\x18ftypmp42\0\0\0\0", "a.MP4") is MediaKind.VIDEO
    assert kind_of(b"\0\0\0\x14ftypqt  \0\0\0\0", "a.mov") is MediaKind.VIDEO


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_in_both_languages(reason: Reason) -> None:
    error = UnsafeUpload(reason, limit_mb=25, limit_megapixels=64, suffix=".exe")
    with translation.override("en"):
        english = str(error)
    with translation.override("zh-hans"):
        chinese = str(error)
    assert english
    assert "{" not in english + chinese
    assert chinese != english


def data_url(image: Image.Image) -> str:
    return "data:image/png;base64," + base64.b64encode(saved(image, "PNG")).decode()


def drawn(ground: tuple[int, int, int, int], ink: tuple[int, int, int, int]) -> Image.Image:
    canvas = Image.new("RGBA", (600, 200), ground)
    ImageDraw.Draw(canvas).line([(100, 150), (200, 50), (300, 150)], fill=ink, width=4)
    return canvas


@pytest.mark.parametrize(
    ("ground", "ink"),
    [
        ((0, 0, 0, 0), (0, 0, 0, 255)),
        ((0, 0, 0, 0), (255, 255, 255, 255)),
        ((255, 255, 255, 255), (0, 0, 60, 255)),
        ((0, 0, 0, 255), (255, 255, 255, 255)),
    ],
)
def test_signature_is_black_on_white_and_cut_to_the_ink(
    ground: tuple[int, int, int, int], ink: tuple[int, int, int, int]
) -> None:
    clean = clean_signature(data_url(drawn(ground, ink)))
    result = opened(clean.data)
    assert (result.format, result.mode) == ("PNG", "L")
    assert result.getpixel((0, 0)) == 255
    assert result.getextrema()[0] < 60
    assert clean.width < 240
    assert clean.height < 140
    assert (clean.width, clean.height) == result.size


@pytest.mark.parametrize("colour", [(0, 0, 0, 0), (255, 255, 255, 255), (20, 30, 40, 255)])
def test_empty_signature_is_refused(colour: tuple[int, int, int, int]) -> None:
    with pytest.raises(UnsafeUpload) as caught:
        clean_signature(data_url(Image.new("RGBA", (600, 200), colour)))
    assert caught.value.reason_code == Reason.SIGNATURE_EMPTY


@pytest.mark.parametrize(
    "value",
    [
        "",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,%%%",
        "data:image/png;base64,AAAA",
        "data:image/png;base64," + base64.b64encode(JPEG).decode(),
        "data:image/png;base64," + "A" * 3_000_000,
        data_url(Image.new("RGBA", (20, 20)))[:-40],
    ],
)
def test_malformed_signature_is_refused(value: str) -> None:
    with pytest.raises(UnsafeUpload) as caught:
        clean_signature(value)
    assert caught.value.reason_code in {Reason.SIGNATURE_FORMAT, Reason.UNREADABLE}


def test_signature_bomb_is_refused() -> None:
    with pytest.raises(UnsafeUpload) as caught:
        clean_signature("data:image/png;base64," + base64.b64encode(bomb(9000, 9000)).decode())
    assert caught.value.reason_code == Reason.TOO_MANY_PIXELS
