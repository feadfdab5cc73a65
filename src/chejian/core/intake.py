"""From an upload to kept files: clean, store, and say what a ``StoredFile`` row needs."""

from dataclasses import dataclass
from typing import BinaryIO

from chejian.core import file_store
from chejian.core.media import (
    MAX_PHOTO,
    MAX_VIDEO,
    CleanImage,
    MediaKind,
    check_size,
    clean_photo,
    clean_signature,
    kind_of,
    size_of,
)
from chejian.core.video import clean_video


@dataclass(frozen=True)
class TakenFile:
    """A cleaned file in the store, with the names of ``core.StoredFile``'s fields."""

    kind: str
    sha256: str
    size: int
    content_type: str
    width: int
    height: int
    thumbnail_sha256: str = ""
    original_name: str = ""


def take_in(source: BinaryIO, *, name: str = "") -> TakenFile:
    """Check, clean and keep a photo or video. Raises ``UnsafeUpload``; then nothing is kept."""
    size = size_of(source)
    kind = kind_of(source.read(32), name)
    if kind is MediaKind.VIDEO:
        return _take_video(source, size, name)
    check_size(size, MAX_PHOTO)
    source.seek(0)
    return _keep_image("photo", clean_photo(source.read(), name=name), name)


def take_signature(data_url: str) -> TakenFile:
    """Check, clean and keep a signature drawn on a canvas. Raises ``UnsafeUpload``."""
    return _keep_image("signature", clean_signature(data_url), "")


def _take_video(source: BinaryIO, size: int, name: str) -> TakenFile:
    check_size(size, MAX_VIDEO)
    with file_store.incoming() as arriving:
        clean = clean_video(source, arriving)
    blob = arriving.blob
    return TakenFile(
        "video", blob.sha256, blob.size, clean.content_type, clean.width, clean.height,
        original_name=name[:200],
    )  # fmt: skip


def _keep_image(kind: str, image: CleanImage, name: str) -> TakenFile:
    thumbnail = file_store.store(image.thumbnail).sha256 if image.thumbnail else ""
    blob = file_store.store(image.data)
    return TakenFile(
        kind, blob.sha256, blob.size, image.content_type, image.width, image.height,
        thumbnail_sha256=thumbnail, original_name=name[:200],
    )  # fmt: skip
