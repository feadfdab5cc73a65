"""From an upload to kept files."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from chejian.core import file_store, intake
from chejian.core.models import StoredFile
from chejian.core.uploads import Reason, UnsafeUpload
from tests.core import films


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "red").save(out, "JPEG")
    return out.getvalue()


def test_photo_with_thumbnail() -> None:
    taken = intake.take_in(io.BytesIO(photo()), name="IMG.jpg")
    assert (taken.kind, taken.content_type) == (StoredFile.Kind.PHOTO, "image/jpeg")
    assert (taken.width, taken.height) == (800, 600)
    assert taken.original_name == "IMG.jpg"
    with file_store.open_file(taken.thumbnail_sha256) as file:
        assert Image.open(file).size == (320, 240)
    assert file_store.path_of(taken.sha256).stat().st_size == taken.size


def test_video_without_location() -> None:
    taken = intake.take_in(io.BytesIO(films.film()), name="VID.mp4")
    assert (taken.kind, taken.content_type) == (StoredFile.Kind.VIDEO, "video/mp4")
    assert (taken.width, taken.height, taken.thumbnail_sha256) == (640, 480, "")
    data = file_store.path_of(taken.sha256).read_bytes()
    assert len(data) == taken.size
    assert films.PLACE not in data


def test_signature() -> None:
    canvas = Image.new("RGBA", (300, 100))
    canvas.paste((0, 0, 0, 255), (50, 50, 250, 54))
    out = io.BytesIO()
    canvas.save(out, "PNG")
    taken = intake.take_signature(
        "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    )
    assert (taken.kind, taken.content_type) == (StoredFile.Kind.SIGNATURE, "image/png")
    assert file_store.exists(taken.sha256)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.jpg", Reason.EMPTY),
        (b"GIF89a", "a.gif", Reason.NOT_ALLOWED),
        (films.film()[:-3], "a.mp4", Reason.TRUNCATED),
        (films.film(), "a.jpg", Reason.WRONG_NAME),
    ],
)
def test_a_refused_upload_leaves_nothing(
    folder: Path, data: bytes, name: str, reason: Reason
) -> None:
    with pytest.raises(UnsafeUpload) as caught:
        intake.take_in(io.BytesIO(data), name=name)
    assert caught.value.reason_code == reason
    assert kept(folder) == []


def test_sizes_are_judged_before_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_VIDEO", 100)
    monkeypatch.setattr(intake, "MAX_PHOTO", 100)
    for data in (films.film(), photo()):
        with pytest.raises(UnsafeUpload) as caught:
            intake.take_in(io.BytesIO(data))
        assert caught.value.reason_code == Reason.TOO_BIG
