"""The store of files: by content, whole or not at all."""

import hashlib
import io
from pathlib import Path

import pytest

from chejian.core import file_store


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media"


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_stored_under_its_hash(folder: Path) -> None:
    blob = file_store.store(b"bytes")
    digest = hashlib.sha256(b"bytes").hexdigest()
    assert blob == file_store.Blob(digest, 5)
    assert files(folder) == [str(Path(digest[:2]) / digest)]
    with file_store.open_file(digest) as file:
        assert file.read() == b"bytes"


def test_same_bytes_are_kept_once(folder: Path) -> None:
    first = file_store.store(b"bytes")
    before = file_store.path_of(first.sha256).stat().st_mtime_ns
    second = file_store.store(io.BytesIO(b"bytes"))
    assert second == first
    assert file_store.path_of(first.sha256).stat().st_mtime_ns == before
    assert len(files(folder)) == 1


def test_open_file_is_stored_whole(folder: Path) -> None:
    source = io.BytesIO(bytes(3_000_000))
    source.seek(100)
    assert file_store.store(source).size == 3_000_000


def test_an_error_leaves_nothing(folder: Path) -> None:
    def break_off() -> None:
        with file_store.incoming() as arriving:
            arriving.write(b"half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        break_off()
    assert files(folder) == []


def test_a_damaged_file_is_replaced(folder: Path) -> None:
    blob = file_store.store(b"bytes")
    file_store.path_of(blob.sha256).write_bytes(b"by")
    file_store.store(b"bytes")
    assert file_store.path_of(blob.sha256).read_bytes() == b"bytes"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_hashes_are_paths(name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        file_store.path_of(name)


def test_missing_file() -> None:
    assert not file_store.exists("a" * 64)
    with pytest.raises(FileNotFoundError):
        file_store.open_file("a" * 64)
