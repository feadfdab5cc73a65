"""Pictures that people send: judged by content, turned upright, freed of metadata.

Nothing of the sent bytes is kept: a photo is decoded and written anew as JPEG, so that location,
device names, hidden files and scripts cannot survive. Limits stand here; what breaks one raises
``UnsafeUpload`` with its reason. Videos are treated by ``core.video``.
"""

import base64
import binascii
import io
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

import pi_heif
from PIL import Image, ImageChops, ImageCms, ImageOps, UnidentifiedImageError

from chejian.core.uploads import Reason, UnsafeUpload
from chejian.core.video import is_video

pi_heif.register_heif_opener()

MEGABYTE = 1024 * 1024
MAX_PHOTO = 25 * MEGABYTE
MAX_VIDEO = 200 * MEGABYTE
MAX_SIGNATURE = 512 * 1024
MAX_PIXELS = 64_000_000
MAX_SIGNATURE_PIXELS = 4_000_000
PHOTO_SIDE = 2560
THUMBNAIL_SIDE = 320
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
PHOTO_SUFFIXES = {"", ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif"}
VIDEO_SUFFIXES = {"", ".mp4", ".mov", ".m4v", ".3gp", ".3g2"}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|body|iframe|\?php)|%PDF-", re.IGNORECASE)
SCRIPT = re.compile(rb"<script[\s>]|<\?php", re.IGNORECASE)
ZIP_END = b"PK\x05\x06"
DATA_URL = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")


class MediaKind(StrEnum):
    """What an upload is, by its content."""

    PHOTO = "photo"
    VIDEO = "video"


@dataclass(frozen=True)
class CleanImage:
    """A picture written anew; ``thumbnail`` is a small JPEG (none for a signature)."""

    data: bytes
    content_type: str
    width: int
    height: int
    thumbnail: bytes = b""


def kind_of(head: bytes, name: str = "") -> MediaKind:
    """Photo or video, judged by the first bytes; the name may not claim something else.

    Raises NOT_ALLOWED (GIF, SVG, HTML, documents, anything unknown) or WRONG_NAME.
    """
    kind = _kind_by_content(head)
    if kind is None:
        raise UnsafeUpload(Reason.EMPTY if not head else Reason.NOT_ALLOWED)
    suffix = PurePath(name).suffix.lower()
    allowed = PHOTO_SUFFIXES if kind is MediaKind.PHOTO else VIDEO_SUFFIXES
    if suffix not in allowed:
        raise UnsafeUpload(Reason.WRONG_NAME, suffix=suffix)
    return kind


def _kind_by_content(head: bytes) -> MediaKind | None:
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return MediaKind.PHOTO
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaKind.PHOTO
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return MediaKind.PHOTO
    return MediaKind.VIDEO if is_video(head) else None


def size_of(source: BinaryIO) -> int:
    """Length of an open file; leaves it at its beginning."""
    size = source.seek(0, 2)
    source.seek(0)
    return size


def check_size(size: int, limit: int) -> None:
    if size == 0:
        raise UnsafeUpload(Reason.EMPTY)
    if size > limit:
        raise UnsafeUpload(Reason.TOO_BIG, limit_mb=limit // MEGABYTE)


def clean_photo(data: bytes, *, name: str = "") -> CleanImage:
    """A photo written anew: upright, at most 2560 pixels wide or high, without metadata."""
    check_size(len(data), MAX_PHOTO)
    if kind_of(data[:32], name) is not MediaKind.PHOTO:
        raise UnsafeUpload(Reason.NOT_ALLOWED)
    _refuse_polyglot(data)
    with _opened(data, PHOTO_FORMATS, MAX_PIXELS) as image:
        picture = _upright(image, PHOTO_SIDE)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return CleanImage(
        _jpeg(picture, 85), "image/jpeg", picture.width, picture.height, _jpeg(small, 80)
    )


def _refuse_polyglot(data: bytes) -> None:
    """A picture that is a page, a program or an archive too was not made by a camera."""
    if MARKUP.search(data, 0, 1024) or SCRIPT.search(data) or ZIP_END in data[-65_557:]:
        raise UnsafeUpload(Reason.POLYGLOT)


def _opened(data: bytes, formats: tuple[str, ...], max_pixels: int) -> Image.Image:
    """The picture, its size judged before a single pixel is decoded."""
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnsafeUpload(Reason.UNREADABLE) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many(max_pixels) from error
    if image.width * image.height > max_pixels:
        image.close()
        raise _too_many(max_pixels)
    return image


def _too_many(limit: int) -> UnsafeUpload:
    return UnsafeUpload(Reason.TOO_MANY_PIXELS, limit_megapixels=limit // 1_000_000)


def _upright(image: Image.Image, side: int) -> Image.Image:
    """Decoded, turned as the camera was held, made small, in sRGB, on white."""
    profile = image.info.get("icc_profile")
    image.draft("RGB", (side, side))
    try:
        image.load()
        picture = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        cut = "truncated" in str(error).lower() or "end of file" in str(error).lower()
        raise UnsafeUpload(Reason.TRUNCATED if cut else Reason.UNREADABLE) from error
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _in_srgb(_on_white(picture), profile)


def _on_white(picture: Image.Image) -> Image.Image:
    """Plain RGB; what was transparent becomes paper."""
    if picture.mode.startswith("I"):
        picture = picture.point(lambda level: level / 256).convert("L")
    if picture.mode not in {"RGBA", "LA", "PA"} and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours of a wide-gamut phone as every screen shows them; a broken profile is ignored."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return picture
    return turned if turned is not None else picture


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def clean_signature(data_url: str) -> CleanImage:
    """A signature drawn on a canvas, as black ink on white paper, cut to what was written.

    Raises SIGNATURE_FORMAT when it is no PNG data URL, SIGNATURE_EMPTY when nothing was drawn.
    """
    data = _decoded(data_url)
    with _opened(data, ("PNG",), MAX_SIGNATURE_PIXELS) as image:
        ink = _ink(image)
    box = ink.getbbox()
    if box is None:
        raise UnsafeUpload(Reason.SIGNATURE_EMPTY)
    drawn = ImageOps.expand(ImageOps.invert(ink.crop(box)), border=8, fill=255)
    drawn.thumbnail((1200, 480), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return CleanImage(out.getvalue(), "image/png", drawn.width, drawn.height)


def _decoded(data_url: str) -> bytes:
    match = DATA_URL.fullmatch(data_url) if len(data_url) <= 2 * MAX_SIGNATURE else None
    if match is None:
        raise UnsafeUpload(Reason.SIGNATURE_FORMAT)
    try:
        data = base64.b64decode("".join(match[1].split()), validate=True)
    except binascii.Error as error:
        raise UnsafeUpload(Reason.SIGNATURE_FORMAT) from error
    if len(data) > MAX_SIGNATURE or not data.startswith(b"\x89PNG"):
        raise UnsafeUpload(Reason.SIGNATURE_FORMAT)
    return data


def _ink(image: Image.Image) -> Image.Image:
    """How much ink stands at each pixel, 0 to 255.

    On a transparent canvas the ink is what is opaque, whatever its colour (a dark screen draws
    in white); on an opaque one it is what differs from the ground.
    """
    try:
        layer = image.convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise UnsafeUpload(Reason.SIGNATURE_FORMAT) from error
    alpha = layer.getchannel("A")
    low, high = alpha.getextrema()
    if low != high:
        return alpha
    grey = layer.convert("L")
    ground = Image.new("L", grey.size, grey.getpixel((0, 0)))
    return ImageChops.difference(grey, ground)
